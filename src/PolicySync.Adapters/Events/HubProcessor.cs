using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Events;
using EventPosition = PolicySync.Core.Tasks.EventPosition;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Reads the partitions that this process has of a hub. The position moves past a batch when each of its events is done, so events come at
/// least once. Nothing is thrown to the SDK, which would deliver the whole batch again.
/// </summary>
internal sealed partial class HubProcessor : PluggableCheckpointStoreEventProcessor<EventProcessorPartition>
{
    private readonly EventBatches _batches;
    private readonly EventMetrics _metrics;
    private readonly HubTrouble _trouble;
    private readonly ILogger _logger;
    private EventHubConsumerClient? _consumer;

    /// <summary>A processor by a connection string.</summary>
    public HubProcessor(HubParts parts, string connectionString)
        : base(parts.Checkpoints, parts.BatchSize, parts.Group, connectionString, parts.Hub, parts.Options) =>
        (_batches, _metrics, _trouble, _logger) = (parts.Batches, parts.Metrics, parts.Trouble, parts.Logger);

    /// <summary>A processor by a namespace and Azure.Identity's default chain.</summary>
    public HubProcessor(HubParts parts, string host, Azure.Core.TokenCredential credential)
        : base(parts.Checkpoints, parts.BatchSize, parts.Group, host, parts.Hub, credential, parts.Options) =>
        (_batches, _metrics, _trouble, _logger) = (parts.Batches, parts.Metrics, parts.Trouble, parts.Logger);

    /// <summary>Asks the hub for the last event of each partition, so that the lag is true also while an event waits for the storage.</summary>
    public async Task RefreshLagAsync(CancellationToken cancellation)
    {
        _consumer ??= new EventHubConsumerClient(ConsumerGroup, CreateConnection());
        foreach (var partition in _metrics.PartitionsOf(EventHubName))
        {
            var properties = await _consumer.GetPartitionPropertiesAsync(partition, cancellation);
            _metrics.SetLast(EventHubName, partition, properties.LastEnqueuedSequenceNumber);
        }
    }

    /// <inheritdoc/>
    public override async Task StopProcessingAsync(CancellationToken cancellationToken = default)
    {
        await base.StopProcessingAsync(cancellationToken);
        if (_consumer is not null)
        {
            await _consumer.CloseAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, EventProcessorPartition partition, CancellationToken cancellationToken)
    {
        _trouble.End();
        var batch = events.Select(one => new HubEvent(PositionOf(partition.PartitionId, one), one.EventBody.ToMemory())).ToList();
        if (batch.Count == 0)
        {
            return; // a wait ended without events
        }

        _metrics.Receive(batch[0].Position, batch.Count);
        SetLast(partition.PartitionId);
        try
        {
            await _batches.TakeAsync(batch, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the next owner of the partition starts at the stored position
        }

        await StorePositionAsync(partition.PartitionId, events.Last(), batch[^1].Position, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnProcessingErrorAsync(
        Exception exception, EventProcessorPartition partition, string operationDescription, CancellationToken cancellationToken)
    {
        _trouble.Record(exception, partition is null ? operationDescription : $"{operationDescription}, partition {partition.PartitionId}");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnInitializingPartitionAsync(EventProcessorPartition partition, CancellationToken cancellationToken)
    {
        _metrics.Own(EventHubName, partition.PartitionId);
        LogOwns(EventHubName, partition.PartitionId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnPartitionProcessingStoppedAsync(
        EventProcessorPartition partition, ProcessingStoppedReason reason, CancellationToken cancellationToken)
    {
        _metrics.Leave(EventHubName, partition.PartitionId);
        LogLeaves(EventHubName, partition.PartitionId, reason);
        return Task.CompletedTask;
    }

    // A position that is not stored is covered by the next one. Letting the failure out delivers the whole batch again.
    private async Task StorePositionAsync(string partition, EventData last, EventPosition position, CancellationToken cancellation)
    {
        try
        {
            await UpdateCheckpointAsync(partition, CheckpointPosition.FromEvent(last), cancellation);
            _metrics.Pass(position);
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            _metrics.FailCheckpoint(EventHubName, partition);
            LogNoPosition(EventHubName, partition, position.SequenceNumber, e.Message);
        }
    }

    private void SetLast(string partition)
    {
        if (ReadLastEnqueuedEventProperties(partition).SequenceNumber is { } last)
        {
            _metrics.SetLast(EventHubName, partition, last);
        }
    }

    private EventPosition PositionOf(string partition, EventData one) => new(EventHubName, partition, one.SequenceNumber, one.EnqueuedTime);

    [LoggerMessage(143, LogLevel.Information, "Reads partition {Partition} of the event hub {Hub}")]
    private partial void LogOwns(string hub, string partition);

    [LoggerMessage(144, LogLevel.Information, "Leaves partition {Partition} of the event hub {Hub} ({Reason})")]
    private partial void LogLeaves(string hub, string partition, ProcessingStoppedReason reason);

    [LoggerMessage(145, LogLevel.Warning, "The position {SequenceNumber} in {Hub}/{Partition} was not stored; the next one covers it: {Reason}")]
    private partial void LogNoPosition(string hub, string partition, long sequenceNumber, string reason);
}
