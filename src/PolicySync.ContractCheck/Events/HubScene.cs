using System.Globalization;
using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using PolicySync.Adapters.Events;

namespace PolicySync.ContractCheck.Events;

/// <summary>Events did not come in time; the message says which.</summary>
internal sealed class LateException(string what) : Exception(what);

/// <summary>
/// What probes of a hub work with. Each sends events with a mark of its own and reads those alone, so others may use the hub meanwhile. The
/// events are for no service: <c>appSubType</c> names the check.
/// </summary>
internal sealed class HubScene : IAsyncDisposable
{
    private const string Mark = "policysync-check";

    private static readonly TimeSpan OneWait = TimeSpan.FromSeconds(2);

    private readonly EventHubConnection _connection;
    private readonly EventsArguments _arguments;
    private readonly string _run;
    private readonly TimeProvider _time;
    private int _marks;

    private HubScene(EventHubConnection connection, EventsArguments arguments, string run, TimeProvider time)
    {
        (_connection, _arguments, _run, _time) = (connection, arguments, run, time);
        Producer = new EventHubProducerClient(connection, new EventHubProducerClientOptions { RetryOptions = Retries() });
    }

    public EventHubProducerClient Producer { get; }

    /// <summary>The ids of all partitions.</summary>
    public IReadOnlyList<string> Partitions { get; private set; } = [];

    /// <summary>The partition that most probes use.</summary>
    public string Partition => Partitions[0];

    /// <summary>Connects, and reads the partitions.</summary>
    public static async Task<HubScene> OpenAsync(
        HubAddress address, EventsArguments arguments, string run, TimeProvider time, CancellationToken stop)
    {
        var scene = new HubScene(address.Connect(), arguments, run, time);
        try
        {
            scene.Partitions = await scene.Producer.GetPartitionIdsAsync(stop);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>A mark for the events of one probe.</summary>
    public string NextMark() => string.Create(CultureInfo.InvariantCulture, $"{_run}/{++_marks}");

    /// <summary>The text of an event.</summary>
    public static string BodyOf(string mark, int number) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"appSubType":"policysync_contract_check","type":"CHECK","id":"{{mark}}/{{number}}"}""");

    /// <summary>Sends events to the partition, or to that of a key.</summary>
    public Task SendAsync(string mark, int count, string? key, CancellationToken stop) => Producer.SendAsync(
        [.. Enumerable.Range(0, count).Select(number => new EventData(Encoding.UTF8.GetBytes(BodyOf(mark, number))) { Properties = { [Mark] = mark } })],
        key is null ? new SendEventOptions { PartitionId = Partition } : new SendEventOptions { PartitionKey = key }, stop);

    /// <summary>Where a partition ends now.</summary>
    public async Task<EventPosition> EndAsync(string partition, CancellationToken stop)
    {
        var properties = await Producer.GetPartitionPropertiesAsync(partition, stop);
        return properties.IsEmpty ? EventPosition.Earliest : EventPosition.FromSequenceNumber(properties.LastEnqueuedSequenceNumber, isInclusive: false);
    }

    /// <summary>A reader of a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="level">Its owner level; null for none.</param>
    /// <param name="group">Its consumer group; null for that of the check.</param>
    public PartitionReceiver Reader(string partition, EventPosition from, long? level = null, string? group = null) => new(
        group ?? _arguments.Group, partition, from, _connection,
        new PartitionReceiverOptions { OwnerLevel = level, TrackLastEnqueuedEventProperties = true, RetryOptions = Retries() });

    /// <summary>The next events with a mark.</summary>
    /// <exception cref="LateException">They did not come in time.</exception>
    public async Task<IReadOnlyList<EventData>> ReadAsync(PartitionReceiver reader, string mark, int count, CancellationToken stop)
    {
        var since = _time.GetTimestamp();
        var read = new List<EventData>();
        while (read.Count < count)
        {
            read.AddRange((await reader.ReceiveBatchAsync(count - read.Count, OneWait, stop)).Where(one => HasMark(one, mark)));
            if (read.Count < count && _time.GetElapsedTime(since) > _arguments.Patience)
            {
                throw new LateException($"{read.Count} of {count} events arrived within {_arguments.Patience}");
            }
        }

        return read;
    }

    public async ValueTask DisposeAsync()
    {
        await Producer.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static bool HasMark(EventData one, string mark) => one.Properties.TryGetValue(Mark, out var value) && (value as string) == mark;

    // A refusal is an answer here.
    private static EventHubsRetryOptions Retries() => new() { MaximumRetries = 0, TryTimeout = TimeSpan.FromSeconds(20) };
}
