using Amqp.Listener;

namespace EventHubs.Emulator.Log;

/// <summary>A link that reads a partition. The partition's lock guards what changes.</summary>
/// <param name="link">The link.</param>
/// <param name="group">The consumer group.</param>
/// <param name="epoch">The owner level: of readers with one, only that with the highest stays; null for none.</param>
/// <param name="wantsMetrics">Whether each event is sent with the position of the last one in the partition.</param>
internal sealed class PartitionReader(ListenerLink link, string group, long? epoch, bool wantsMetrics)
{
    public ListenerLink Link => link;

    public string Group => group;

    public long? Epoch => epoch;

    public bool WantsMetrics => wantsMetrics;

    /// <summary>The index of the next event.</summary>
    public int Next { get; set; }

    /// <summary>How many events may still be sent.</summary>
    public int Credit { get; set; }

    /// <summary>Whether the link has ended or was taken over.</summary>
    public bool IsGone { get; set; }
}
