using Azure.Messaging.EventHubs.Primitives;
using Microsoft.Extensions.Logging;

namespace PolicySync.Adapters.Events;

/// <summary>What a <see cref="HubProcessor"/> works with.</summary>
internal sealed record HubParts
{
    public required BlobCheckpoints Checkpoints { get; init; }

    public required EventBatches Batches { get; init; }

    public required EventMetrics Metrics { get; init; }

    public required HubTrouble Trouble { get; init; }

    public required ILogger Logger { get; init; }

    public required EventProcessorOptions Options { get; init; }

    /// <summary>The name of the hub.</summary>
    public required string Hub { get; init; }

    /// <summary>The consumer group.</summary>
    public required string Group { get; init; }

    public required int BatchSize { get; init; }
}
