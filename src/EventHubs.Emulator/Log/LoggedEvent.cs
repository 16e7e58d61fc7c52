namespace EventHubs.Emulator.Log;

/// <summary>An event in a partition.</summary>
/// <param name="SequenceNumber">Its number in the partition, one more than that of the event before.</param>
/// <param name="Offset">Its place in the partition, in bytes.</param>
/// <param name="EnqueuedTime">When it was taken, in UTC.</param>
/// <param name="PartitionKey">The key by which its sender chose the partition; null without one.</param>
/// <param name="Bytes">The AMQP message, without header and delivery annotations.</param>
internal sealed record LoggedEvent(long SequenceNumber, long Offset, DateTime EnqueuedTime, string? PartitionKey, ReadOnlyMemory<byte> Bytes);
