using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using EventHubs.Emulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Auditing;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Auditing;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Tests.Auditing;

/// <summary>An event hub gets every event, those of one securable in order, also after it was away.</summary>
public sealed class EventHubSinkTests : IAsyncLifetime, IDisposable
{
    private const string HubName = "audit";
    private const string Secret = "bG9jYWw=";
    private const int Partitions = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Tables = ["main.sales.orders", "main.sales.returns", "main.hr.people", $"main.hr.{new string('x', 200)}"];

    private readonly string _home = Directory.CreateTempSubdirectory("audit-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LogCapture _logs = new();
    private readonly int _port = FreePort.Next();
    private readonly LoggerFactory _factory;
    private EventHubsEmulator? _hub;
    private AuditStream? _stream;
    private AuditPump? _pump;

    public EventHubSinkTests() => _factory = new LoggerFactory([_logs]);

    private string Address => EventHubsEmulator.ConnectionString(_port, HubName);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await (_pump?.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        Dispose();
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _pump?.Dispose();
        _hub?.Dispose();
        _services.Dispose();
        _factory.Dispose();
        _logs.Dispose();
        if (Directory.Exists(_home))
        {
            Directory.Delete(_home, recursive: true);
        }
    }

    [Fact]
    public async Task Each_event_arrives_as_it_is_and_those_of_one_securable_in_one_partition_in_order()
    {
        OpenHub();
        await StartAsync(new AuditSink { ConnectionString = Address });
        var told = Events(0, 40);
        _stream!.Tell(told[..15]);
        _stream.Tell(told[15..]);
        _stream.Tell([new AuditEvent(AuditEvents.TaskEnded, "7/ended", """{"specversion":"1.0","id":"7/ended","type":"policysync.task.ended","subject":"task/7","time":"2026-03-01T12:00:00.000Z","data":{}}""")]);

        var read = await ReadAsync(41);

        Assert.Equal(told.Select(one => one.Json).Order(StringComparer.Ordinal), read.Select(one => one.Event.EventBody.ToString()).Where(text => !text.Contains("ended", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(read, one => Assert.Equal(("application/cloudevents+json; charset=UTF-8", (string)JsonNode.Parse(one.Event.EventBody)!["id"]!), (one.Event.ContentType, one.Event.MessageId)));
        Assert.All(read.GroupBy(one => one.Event.PartitionKey), group => Assert.Single(group.Select(one => one.Partition).Distinct()));
        Assert.Equal(
            ["adb-1.net/main.hr.people", "adb-1.net/main.sales.orders", "adb-1.net/main.sales.returns", "task/7"],
            read.Select(one => one.Event.PartitionKey).Distinct().Where(key => !key.StartsWith("sha256:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        AssertInOrder(read);
        Assert.Equal(0, _stream.Readers[0].Waiting);
    }

    [Fact]
    public async Task A_hub_that_is_away_gets_everything_in_order_once_it_is_back()
    {
        OpenHub();
        await StartAsync(new AuditSink { ConnectionString = Address });
        _stream!.Tell(Events(0, 12));
        await ReadAsync(12);

        _hub!.Dispose();
        _stream.Tell(Events(12, 30));
        await Wait.ForAsync(() => Task.FromResult(_logs.Lines.Any(line => line.Contains("does not take events", StringComparison.Ordinal))), failed => failed, Limit, _ => "nothing failed");
        _stream.Tell(Events(42, 30));
        Assert.Equal(60, _stream.Readers[0].Waiting);
        OpenHub();

        var read = await ReadAsync(60);
        Assert.Equal(Enumerable.Range(12, 60), read.Select(one => NumberOf(one.Event)).Distinct().Order());
        AssertInOrder(read);
        await Wait.ForAsync(() => Task.FromResult(_stream.Readers[0].Waiting), waiting => waiting == 0, Limit, waiting => $"{waiting} wait");
    }

    [Fact]
    public async Task A_hub_that_refuses_links_for_a_while_gets_everything()
    {
        OpenHub();
        _hub!.Faults.RefuseLinks("com.microsoft:server-busy", times: 3);
        await StartAsync(new AuditSink { ConnectionString = Address });
        _stream!.Tell(Events(0, 20));

        AssertInOrder(await ReadAsync(20));
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_dropped_and_counted_and_those_around_it_arrive()
    {
        OpenHub();
        using var dropped = new Counter(_services, "policysync.audit.dropped");
        await StartAsync(new AuditSink { ConnectionString = Address });
        var (before, after) = (Events(0, 1)[0], Events(8, 1)[0]);
        _stream!.Tell([before, Event(4, new string('x', 1_200_000)), after]);

        var read = await ReadAsync(2);

        Assert.Equal([0, 8], read.Select(one => NumberOf(one.Event)));
        await Wait.ForAsync(() => Task.FromResult(_stream.Readers[0].Waiting), waiting => waiting == 0, Limit, waiting => $"{waiting} wait");
        Assert.Equal(1, dropped.Sum);
        Assert.Single(_logs.Lines, line => line.Contains("can never take event 4 of 12", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_string_is_read_from_its_file_again_after_a_failure_and_never_logged()
    {
        OpenHub();
        var file = Path.Combine(_home, "hub");
        await File.WriteAllTextAsync(file, EventHubsEmulator.ConnectionString(FreePort.Next(), HubName));
        await StartAsync(new AuditSink { ConnectionStringFile = file });
        _stream!.Tell(Events(0, 5));
        await Wait.ForAsync(() => Task.FromResult(_logs.Lines.Any(line => line.Contains("does not take events", StringComparison.Ordinal))), failed => failed, Limit, _ => "nothing failed");

        await File.WriteAllTextAsync(file, $"SharedAccessKey={Secret};nonsense");
        _hub!.Faults.RefusesTokens = true;
        await File.WriteAllTextAsync(file, Address + "\n");
        await Wait.ForAsync(() => Task.FromResult(_hub.Journal.Lines.Any(line => line.EndsWith("refused", StringComparison.Ordinal))), refused => refused, Limit, _ => "no token was refused");
        _hub.Faults.RefusesTokens = false;

        AssertInOrder(await ReadAsync(5));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_line_and_one_without_subject_have_a_key()
    {
        Assert.Equal(new AuditLine(null, "damaged"), AuditLine.Of("{\"id\":"u8.ToArray()));
        Assert.Equal(new AuditLine("1", "damaged"), AuditLine.Of("{\"id\":\"1\"}"u8.ToArray()));
        Assert.Equal(new AuditLine(null, "damaged"), AuditLine.Of("7"u8.ToArray()));
        Assert.InRange(AuditLine.Of(System.Text.Encoding.UTF8.GetBytes(Events(3, 1)[0].Json)).Key.Length, 1, AuditLine.MostKeyBytes);
    }

    private void OpenHub() => _hub = EventHubsEmulator.Start(
        new EmulatorOptions(_port, [(HubName, Partitions)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System);

    private async Task StartAsync(AuditSink sink)
    {
        sink.Kind = AuditSinkKind.EventHub;
        var options = new AuditOptions { Spool = Path.Combine(_home, "spool"), SpoolSize = 16, Sinks = { sink } };
        _stream = new AuditStream(
            Microsoft.Extensions.Options.Options.Create(options), _services.GetRequiredService<IMeterFactory>(), TimeProvider.System, _factory.CreateLogger<AuditStream>());
        _pump = new AuditPump(_stream, TimeProvider.System, _factory.CreateLogger<AuditPump>());
        await _pump.StartAsync(CancellationToken.None);
    }

    // Events of the tables in turn.
    private static List<AuditEvent> Events(int first, int count) => [.. Enumerable.Range(first, count).Select(number => Event(number))];

    private static AuditEvent Event(int number, string padding = "") => new(AuditEvents.GrantChanged, $"{number}", new JsonObject
    {
        ["specversion"] = "1.0", ["id"] = $"{number}", ["type"] = AuditEvents.GrantChanged, ["subject"] = "table/x", ["time"] = "2026-03-01T12:00:00.000Z",
        ["data"] = new JsonObject
        {
            ["securable"] = new JsonObject { ["type"] = "table", ["fullName"] = Tables[number % Tables.Length], ["workspace"] = "adb-1.net" }, ["padding"] = padding,
        },
    }.ToJsonString());

    private static int NumberOf(EventData one) => int.TryParse((string?)JsonNode.Parse(one.EventBody)!["id"], CultureInfo.InvariantCulture, out var number) ? number : -1;

    // Of repeats the first counts.
    private static void AssertInOrder(IReadOnlyList<(string Partition, EventData Event)> read) => Assert.All(
        read.GroupBy(one => one.Event.PartitionKey),
        group => Assert.Equal(group.Select(one => NumberOf(one.Event)).Distinct().Order(), group.Select(one => NumberOf(one.Event)).Distinct()));

    /// <summary>All that the hub has, in the order of each partition, once there are so many different ones.</summary>
    private Task<IReadOnlyList<(string Partition, EventData Event)>> ReadAsync(int distinct) => Wait.ForAsync(
        async () =>
        {
            var read = new List<(string, EventData)>();
            await using var consumer = new EventHubConsumerClient("$Default", Address);
            foreach (var partition in Enumerable.Range(0, Partitions).Select(number => $"{number}"))
            {
                var last = await consumer.GetPartitionPropertiesAsync(partition);
                await using var receiver = new PartitionReceiver("$Default", partition, EventPosition.Earliest, Address);
                for (var at = -1L; !last.IsEmpty && at < last.LastEnqueuedSequenceNumber;)
                {
                    foreach (var one in await receiver.ReceiveBatchAsync(100, TimeSpan.FromSeconds(5)))
                    {
                        read.Add((partition, one));
                        at = one.SequenceNumber;
                    }
                }
            }

            return (IReadOnlyList<(string, EventData)>)read;
        },
        read => read.Select(one => one.Item2.MessageId).Distinct().Count() >= distinct, Limit, read => $"{read?.Count} events are there, not {distinct}");
}
