using Amqp.Types;

namespace EventHubs.Emulator;

/// <summary>Names of the protocol that Event Hubs speaks over AMQP (reference events.md §1.3).</summary>
internal static class AmqpNames
{
    public static readonly Symbol NotFound = new("amqp:not-found");
    public static readonly Symbol LinkStolen = new("amqp:link:stolen");
    public static readonly Symbol Unauthorized = new("amqp:unauthorized-access");
    public static readonly Symbol SequenceNumber = new("x-opt-sequence-number");
    public static readonly Symbol Offset = new("x-opt-offset");
    public static readonly Symbol EnqueuedTime = new("x-opt-enqueued-time");
    public static readonly Symbol PartitionKey = new("x-opt-partition-key");
    public static readonly Symbol Epoch = new("com.microsoft:epoch");
    public static readonly Symbol SelectorFilter = new("apache.org:selector-filter:string");
    public static readonly Symbol ReceiverMetrics = new("com.microsoft:enable-receiver-runtime-metric");

    /// <summary>Format of a message whose data sections are messages.</summary>
    public const uint BatchFormat = 0x80013700;
}
