using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using EventHubs.Emulator.Log;

namespace EventHubs.Emulator.Nodes;

/// <summary>A hub or one of its partitions, to which events are sent.</summary>
internal static class PublishNode
{
    private const int Credit = 100;

    /// <summary>Takes a link to a hub, or to <paramref name="partition"/> of it.</summary>
    public static void Attach(AttachContext context, Hub hub, PartitionLog? partition)
    {
        context.Attach.MaxMessageSize = HubListener.MaxMessageBytes; // the SDK sizes its batches by it
        context.Link.InitializeReceiver(
            Credit,
            (link, message, _, _) =>
            {
                foreach (var one in EventsOf(message))
                {
                    var key = KeyOf(one) ?? KeyOf(message);
                    (partition ?? hub.PartitionOf(key)).Append(one, key);
                }

                link.DisposeMessage(message, new Accepted(), settled: true);
            },
            null);
        context.Link.CompleteAttach(context.Attach, null);
    }

    private static string? KeyOf(Message message) => message.MessageAnnotations?[AmqpNames.PartitionKey] as string;

    private static IEnumerable<Message> EventsOf(Message message) => message.Format != AmqpNames.BatchFormat ? [message]
        : message.BodySection is DataList list ? Enumerable.Range(0, list.Count).Select(number => Decode(list[number].Binary))
        : message.BodySection is Data data ? [Decode(data.Binary)]
        : [];

    private static Message Decode(byte[] bytes) => Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
}
