using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace EventHubs.Emulator.Nodes;

/// <summary>An address to which a client sends requests over one link, and from which it gets the answers over another.</summary>
internal abstract class RequestNode
{
    private const int Credit = 100;

    private readonly ConcurrentDictionary<(int Connection, string Address), ListenerLink> _replies = new();

    /// <summary>Takes one of the two links.</summary>
    public void Attach(AttachContext context)
    {
        var (link, attach) = (context.Link, context.Attach);
        attach.MaxMessageSize = HubListener.MaxMessageBytes;
        if (attach.Role)
        {
            _replies[KeyOf(link, ((Target)attach.Target).Address)] = link;
            link.InitializeSender(static (_, _, _) => { }, null, null);
        }
        else
        {
            link.InitializeReceiver(Credit, (from, message, _, _) => Answer(from, message), null);
        }

        link.CompleteAttach(attach, null);
    }

    /// <summary>Fills the answer to a request.</summary>
    protected abstract void Answer(ApplicationProperties request, Message answer);

    protected static void Set(Message answer, int status, string description)
    {
        answer.ApplicationProperties["status-code"] = status;
        answer.ApplicationProperties["status-description"] = description;
    }

    private void Answer(ListenerLink link, Message request)
    {
        link.DisposeMessage(request, new Accepted(), settled: true);
        var answer = new Message { Properties = new Properties(), ApplicationProperties = new ApplicationProperties() };
        answer.Properties.SetCorrelationId(request.Properties.GetMessageId());
        Answer(request.ApplicationProperties, answer);
        if (_replies.TryGetValue(KeyOf(link, request.Properties.ReplyTo), out var back))
        {
            back.SendMessage(answer);
        }
    }

    private static (int, string) KeyOf(ListenerLink link, string address) => (RuntimeHelpers.GetHashCode(link.Session.Connection), address);
}
