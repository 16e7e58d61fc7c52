using System.Collections.Concurrent;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;

namespace EventHubs.Emulator.Tests;

/// <summary>Checkpoints and ownership in memory, so that only the hub is under test.</summary>
internal sealed class MemoryCheckpoints : CheckpointStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, EventProcessorPartitionOwnership> _owners = [];
    private int _version;

    public ConcurrentDictionary<string, CheckpointPosition> Positions { get; } = new();

    public int OwnedBy(string identifier)
    {
        lock (_gate)
        {
            return _owners.Values.Count(o => o.OwnerIdentifier == identifier);
        }
    }

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>([.. _owners.Values]);
        }
    }

    public override Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            List<EventProcessorPartitionOwnership> won = [];
            foreach (var desired in desiredOwnership)
            {
                if (_owners.TryGetValue(desired.PartitionId, out var held) ? held.Version == desired.Version : desired.Version is null)
                {
                    _owners[desired.PartitionId] = new()
                    {
                        FullyQualifiedNamespace = desired.FullyQualifiedNamespace,
                        EventHubName = desired.EventHubName,
                        ConsumerGroup = desired.ConsumerGroup,
                        PartitionId = desired.PartitionId,
                        OwnerIdentifier = desired.OwnerIdentifier,
                        LastModifiedTime = DateTimeOffset.UtcNow,
                        Version = $"{++_version}",
                    };
                    won.Add(_owners[desired.PartitionId]);
                }
            }

            return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>(won);
        }
    }

    public override Task<EventProcessorCheckpoint> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId, CancellationToken cancellationToken) =>
        Task.FromResult(Positions.TryGetValue(partitionId, out var at)
            ? new EventProcessorCheckpoint
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = partitionId,
                StartingPosition = EventPosition.FromOffset(at.OffsetString, isInclusive: false),
            }
            : null!);

    public override Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId, string clientIdentifier,
        CheckpointPosition checkpointStartingPosition, CancellationToken cancellationToken)
    {
        Positions[partitionId] = checkpointStartingPosition;
        return Task.CompletedTask;
    }
}
