namespace PolicySync.Core.Tasks;

/// <summary>The place of an event in an event hub.</summary>
/// <param name="Hub">The name of the hub.</param>
/// <param name="Partition">The id of the partition.</param>
/// <param name="SequenceNumber">Its number in the partition.</param>
/// <param name="EnqueuedTime">When the hub took it.</param>
public sealed record EventPosition(string Hub, string Partition, long SequenceNumber, DateTimeOffset EnqueuedTime);
