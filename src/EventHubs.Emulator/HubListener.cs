using Amqp.Framing;
using Amqp.Listener;
using EventHubs.Emulator.Hosting;
using EventHubs.Emulator.Nodes;

namespace EventHubs.Emulator;

/// <summary>Leads each link of a client to what it addresses.</summary>
internal sealed class HubListener(IReadOnlyList<Hub> hubs, HubFaults faults, HubJournal journal) : ILinkProcessor
{
    /// <summary>Largest message, in bytes, as on the service's Basic and Standard tiers.</summary>
    public const ulong MaxMessageBytes = 1 << 20;

    private readonly TokenNode _tokens = new(faults, journal);
    private readonly ManagementNode _management = new(hubs);

    public void Process(AttachContext context)
    {
        var attach = context.Attach;
        var address = (attach.Role ? ((Source)attach.Source).Address : ((Target)attach.Target).Address).Trim('/');
        journal.Add($"attach {(attach.Role ? "from" : "to")} {address}");
        switch (address)
        {
            case "$cbs":
                _tokens.Attach(context);
                return;
            case "$management":
                _management.Attach(context);
                return;
            default:
                Attach(context, address.Split('/'));
                return;
        }
    }

    private void Attach(AttachContext context, string[] parts)
    {
        var hub = hubs.FirstOrDefault(one => string.Equals(one.Name, parts[0], StringComparison.OrdinalIgnoreCase));
        if (faults.NextRefusal() is { } condition)
        {
            context.Complete(new Error(condition) { Description = "The link was refused by a fault rule." });
        }
        else if (!context.Attach.Role && hub is not null && parts is [_])
        {
            PublishNode.Attach(context, hub, partition: null);
        }
        else if (!context.Attach.Role && parts is [_, "Partitions", var target] && hub?.Find(target) is { } partition)
        {
            PublishNode.Attach(context, hub, partition);
        }
        else if (context.Attach.Role && parts is [_, "ConsumerGroups", var group, "Partitions", var id] && hub?.Find(id) is { } log && hub.Groups.Contains(group))
        {
            ConsumeNode.Attach(context, log, group, journal);
        }
        else
        {
            context.Complete(new Error(AmqpNames.NotFound) { Description = $"The messaging entity '{string.Join('/', parts)}' could not be found." });
        }
    }
}
