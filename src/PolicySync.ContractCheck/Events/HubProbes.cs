using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using PolicySync.ContractCheck.Reports;

namespace PolicySync.ContractCheck.Events;

/// <summary>A fact about the hub and how it is asked.</summary>
internal sealed record HubProbe(Fact Fact, Func<HubScene, CancellationToken, Task<Answer>> AskAsync);

/// <summary>All facts about a hub, in the order in which they are asked.</summary>
internal static class HubProbes
{
    private const int Several = 10;
    private const long LargestBody = 1 << 20;

    public static IReadOnlyList<HubProbe> All { get; } =
    [
        new(new("hub-properties", "Properties of the hub and of each partition", "can be read", "policysync.events.lag; without them the lag is known only while events come"), PropertiesAsync),
        new(new("publish-read", "Events sent to a partition and read from where it ended", "arrive as they were sent, in order",
            "each event is a task; the audit stream's order of the changes of one securable"), ReadAsync),
        new(new("sequence-numbers", "Sequence numbers of events that were sent together", "each one more than the last", "policysync.events.lag counts events by them"), NumbersAsync),
        new(new("last-enqueued", "What is reported with an event of the last one in its partition", "its sequence number", "policysync.events.lag between two reads of properties"), LastAsync),
        new(new("checkpoint", "A reader that begins after the offset of an event, as after a stored position", "begins with the next event", "a restarted silo loses no event, and repeats only those after its position"), CheckpointAsync),
        new(new("one-key", "Events that are sent with one partition key, in several batches", "are in one partition, in order", "the audit stream's order of the changes of one securable"), KeyAsync),
        new(new("steal", "A second reader of a partition with a higher owner level, and a third with a lower one", "the first is disconnected, the third refused",
            "partitions pass from silo to silo, and none is read by two for long"), StealAsync),
        new(new("unknown-group", "A reader in a consumer group that does not exist", "ResourceNotFound", "nothing: the log names the reason, and the silo tries again"), GroupAsync),
        new(new("largest-event", "Largest event that the hub takes", "at least 1,048,576 bytes less what the SDK adds", "larger events of the audit stream are dropped; requests are limited to 1 MiB anyway"), LargestAsync),
    ];

    private static async Task<Answer> PropertiesAsync(HubScene scene, CancellationToken stop)
    {
        var hub = await scene.Producer.GetEventHubPropertiesAsync(stop);
        foreach (var partition in hub.PartitionIds)
        {
            await scene.Producer.GetPartitionPropertiesAsync(partition, stop);
        }

        return Answer.If(hub.PartitionIds.Length > 0, string.Create(CultureInfo.InvariantCulture, $"{hub.PartitionIds.Length} partitions"));
    }

    private static async Task<Answer> ReadAsync(HubScene scene, CancellationToken stop)
    {
        var (mark, read) = await SendAndReadAsync(scene, stop);
        var inOrder = read.Select(one => one.EventBody.ToString()).SequenceEqual(Enumerable.Range(0, Several).Select(number => HubScene.BodyOf(mark, number)), StringComparer.Ordinal);
        return Answer.If(inOrder, inOrder ? $"{Several} events, as they were sent" : "other bodies, or another order");
    }

    private static async Task<Answer> NumbersAsync(HubScene scene, CancellationToken stop)
    {
        var (_, read) = await SendAndReadAsync(scene, stop);
        var steps = read.Zip(read.Skip(1), (first, second) => second.SequenceNumber - first.SequenceNumber).Distinct().Order().ToList();
        return Answer.If(steps is [1], $"steps of {string.Join(", ", steps)}");
    }

    private static async Task<Answer> LastAsync(HubScene scene, CancellationToken stop)
    {
        var mark = scene.NextMark();
        await using var reader = scene.Reader(scene.Partition, await scene.EndAsync(scene.Partition, stop));
        await scene.SendAsync(mark, Several, null, stop);
        var read = await scene.ReadAsync(reader, mark, Several, stop);
        return reader.ReadLastEnqueuedEventProperties().SequenceNumber is not { } last ? Answer.If(holds: false, "nothing")
            : Answer.If(last >= read[^1].SequenceNumber, last >= read[^1].SequenceNumber ? "its sequence number" : "an earlier one");
    }

    private static async Task<Answer> CheckpointAsync(HubScene scene, CancellationToken stop)
    {
        var (mark, read) = await SendAndReadAsync(scene, stop);
        await using var next = scene.Reader(scene.Partition, EventPosition.FromOffset(read[3].OffsetString, isInclusive: false));
        var first = (await scene.ReadAsync(next, mark, 1, stop))[0].SequenceNumber - read[3].SequenceNumber;
        return Answer.If(first == 1, first == 1 ? "the next event" : string.Create(CultureInfo.InvariantCulture, $"the event {first} after it"));
    }

    private static async Task<Answer> KeyAsync(HubScene scene, CancellationToken stop)
    {
        var mark = scene.NextMark();
        var readers = new List<PartitionReceiver>();
        try
        {
            foreach (var partition in scene.Partitions)
            {
                readers.Add(scene.Reader(partition, await scene.EndAsync(partition, stop)));
            }

            var first = string.Create(CultureInfo.InvariantCulture, $"{mark}/a");
            await scene.SendAsync(mark, Several, first, stop);
            await scene.SendAsync(mark, Several, first, stop);
            var read = await Task.WhenAll(readers.Select(reader => AllWithinAsync(scene, reader, mark, stop)));
            var numbers = read.Where(events => events.Count > 0).ToList();
            var holds = numbers is [{ Count: 2 * Several } all] && all.Zip(all.Skip(1)).All(pair => pair.First.SequenceNumber < pair.Second.SequenceNumber);
            return Answer.If(holds, string.Create(CultureInfo.InvariantCulture, $"{numbers.Sum(events => events.Count)} events in {numbers.Count} of {scene.Partitions.Count} partitions"));
        }
        finally
        {
            foreach (var reader in readers)
            {
                await reader.DisposeAsync();
            }
        }
    }

    private static async Task<Answer> StealAsync(HubScene scene, CancellationToken stop)
    {
        var (mark, from) = (scene.NextMark(), await scene.EndAsync(scene.Partition, stop));
        await scene.SendAsync(mark, 1, null, stop);
        await using var first = scene.Reader(scene.Partition, from, level: 1);
        await scene.ReadAsync(first, mark, 1, stop);
        await using var second = scene.Reader(scene.Partition, from, level: 2);
        await scene.ReadAsync(second, mark, 1, stop);
        await using var third = scene.Reader(scene.Partition, from, level: 1);
        var (ofFirst, ofThird) = (await RefusalAsync(scene, first, stop), await RefusalAsync(scene, third, stop));
        return Answer.If(
            (ofFirst, ofThird) == (EventHubsException.FailureReason.ConsumerDisconnected, EventHubsException.FailureReason.ConsumerDisconnected),
            $"the first: {ofFirst?.ToString() ?? "reads on"}, the third: {ofThird?.ToString() ?? "reads"}");
    }

    private static async Task<Answer> GroupAsync(HubScene scene, CancellationToken stop)
    {
        await using var reader = scene.Reader(scene.Partition, EventPosition.Earliest, group: "policysync-check-none");
        var refusal = await RefusalAsync(scene, reader, stop);
        return Answer.If(refusal == EventHubsException.FailureReason.ResourceNotFound, refusal?.ToString() ?? "it reads");
    }

    private static async Task<Answer> LargestAsync(HubScene scene, CancellationToken stop)
    {
        using var batch = await scene.Producer.CreateBatchAsync(stop);
        return Answer.If(batch.MaximumSizeInBytes >= LargestBody, string.Create(CultureInfo.InvariantCulture, $"{batch.MaximumSizeInBytes:N0} bytes"));
    }

    private static async Task<(string Mark, IReadOnlyList<EventData> Read)> SendAndReadAsync(HubScene scene, CancellationToken stop)
    {
        var (mark, from) = (scene.NextMark(), await scene.EndAsync(scene.Partition, stop));
        await scene.SendAsync(mark, Several, null, stop);
        await using var reader = scene.Reader(scene.Partition, from);
        return (mark, await scene.ReadAsync(reader, mark, Several, stop));
    }

    // All events with a mark that are in a partition; those of one send are there at once.
    private static async Task<IReadOnlyList<EventData>> AllWithinAsync(HubScene scene, PartitionReceiver reader, string mark, CancellationToken stop)
    {
        try
        {
            return await scene.ReadAsync(reader, mark, 2 * Several, stop);
        }
        catch (LateException)
        {
            return [];
        }
    }

    // Why a reader may not read; null while it may.
    private static async Task<EventHubsException.FailureReason?> RefusalAsync(HubScene scene, PartitionReceiver reader, CancellationToken stop)
    {
        try
        {
            await scene.ReadAsync(reader, "none", 1, stop);
            return null;
        }
        catch (LateException)
        {
            return null;
        }
        catch (EventHubsException e)
        {
            return e.Reason;
        }
    }
}
