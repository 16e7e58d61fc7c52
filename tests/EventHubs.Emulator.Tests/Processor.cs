using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;

namespace EventHubs.Emulator.Tests;

/// <summary>The SDK's processor, with the settings of the service and short intervals; it notes what it receives.</summary>
internal sealed class Processor(string connectionString, MemoryCheckpoints store, string identifier)
    : PluggableCheckpointStoreEventProcessor<EventProcessorPartition>(store, 10, EventHubConsumerClient.DefaultConsumerGroupName, connectionString, Settings(identifier))
{
    private int _failures;

    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>How many batches fail after their events were noted.</summary>
    public int FailNext
    {
        init => _failures = value;
    }

    protected override async Task OnProcessingEventBatchAsync(IEnumerable<EventData> events, EventProcessorPartition partition, CancellationToken cancellationToken)
    {
        EventData? last = null;
        foreach (var each in events)
        {
            Received.Enqueue(each.EventBody.ToString());
            last = each;
        }

        if (last is null)
        {
            return;
        }

        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new InvalidOperationException("the handler fails");
        }

        await UpdateCheckpointAsync(partition.PartitionId, CheckpointPosition.FromEvent(last), cancellationToken);
    }

    protected override Task OnProcessingErrorAsync(Exception exception, EventProcessorPartition partition, string operationDescription, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private static EventProcessorOptions Settings(string identifier) => new()
    {
        Identifier = identifier,
        LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
        LoadBalancingUpdateInterval = TimeSpan.FromSeconds(1),
        PartitionOwnershipExpirationInterval = TimeSpan.FromSeconds(5),
        MaximumWaitTime = TimeSpan.FromSeconds(1),
        DefaultStartingPosition = EventPosition.Earliest,
        TrackLastEnqueuedEventProperties = true,
        RetryOptions = new() { MaximumRetries = 10, Delay = TimeSpan.FromMilliseconds(100), MaximumDelay = TimeSpan.FromMilliseconds(500) },
    };
}
