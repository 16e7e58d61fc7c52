using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using EventHubs.Emulator.Log;

namespace EventHubs.Emulator.Nodes;

/// <summary><c>$management</c>: tells the properties of hubs and partitions.</summary>
internal sealed class ManagementNode(IReadOnlyList<Hub> hubs) : RequestNode
{
    private const string PartitionType = "com.microsoft:partition";

    protected override void Answer(ApplicationProperties request, Message answer)
    {
        var type = request["type"] as string;
        if (hubs.FirstOrDefault(hub => string.Equals(hub.Name, request["name"] as string, StringComparison.OrdinalIgnoreCase)) is not { } hub)
        {
            Refuse(answer, $"the hub `{request["name"]}`");
        }
        else if (type != PartitionType)
        {
            Set(answer, 200, "OK");
            answer.BodySection = new AmqpValue { Value = Describe(hub, type) };
        }
        else if (hub.Find(request["partition"] as string ?? "") is { } partition)
        {
            Set(answer, 200, "OK");
            answer.BodySection = new AmqpValue { Value = Describe(hub, partition) };
        }
        else
        {
            Refuse(answer, $"the partition `{request["partition"]}`");
        }
    }

    private static void Refuse(Message answer, string what)
    {
        Set(answer, 404, $"The messaging entity {what} could not be found.");
        answer.ApplicationProperties["error-condition"] = AmqpNames.NotFound;
    }

    private static Map Describe(Hub hub, string? type) => new()
    {
        ["name"] = hub.Name,
        ["type"] = type,
        ["created_at"] = hub.Created,
        ["partition_count"] = hub.Partitions.Count,
        ["partition_ids"] = hub.Partitions.Select(partition => partition.Id).ToArray(),
        ["georeplication_factor"] = 1,
    };

    private static Map Describe(Hub hub, PartitionLog partition)
    {
        var last = partition.Last;
        return new Map
        {
            ["name"] = hub.Name,
            ["type"] = PartitionType,
            ["partition"] = partition.Id,
            ["begin_sequence_number"] = 0L,
            ["last_enqueued_sequence_number"] = last?.SequenceNumber ?? -1L,
            ["last_enqueued_offset"] = (last?.Offset ?? -1L).ToString(CultureInfo.InvariantCulture),
            ["last_enqueued_time_utc"] = last?.EnqueuedTime ?? hub.Created,
            ["is_partition_empty"] = last is null,
            ["partition_epoch"] = 0L,
        };
    }
}
