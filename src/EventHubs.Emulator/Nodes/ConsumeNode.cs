using System.Globalization;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using EventHubs.Emulator.Hosting;
using EventHubs.Emulator.Log;

namespace EventHubs.Emulator.Nodes;

/// <summary>A partition, from which a consumer group reads.</summary>
internal static class ConsumeNode
{
    public static void Attach(AttachContext context, PartitionLog partition, string group, HubJournal journal)
    {
        var attach = context.Attach;
        var filter = (((Source)attach.Source).FilterSet?[AmqpNames.SelectorFilter] as DescribedValue)?.Value as string;
        journal.Add($"read {group}/{partition.Id} from {filter ?? "the start"} epoch {EpochOf(attach)?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
        var reader = new PartitionReader(
            context.Link, group, EpochOf(attach), attach.DesiredCapabilities?.Contains(AmqpNames.ReceiverMetrics) ?? false);
        if (partition.Admit(reader, filter) is { } refusal)
        {
            context.Complete(refusal);
            return;
        }

        context.Link.Closed += (_, _) => partition.Leave(reader);
        context.Link.InitializeSender((credit, _, _) => partition.AddCredit(reader, credit), null, null);
        attach.Properties ??= new Fields();
        context.Link.CompleteAttach(attach, null);
    }

    private static long? EpochOf(Attach attach) =>
        attach.Properties?[AmqpNames.Epoch] is { } epoch ? Convert.ToInt64(epoch, CultureInfo.InvariantCulture) : null;
}
