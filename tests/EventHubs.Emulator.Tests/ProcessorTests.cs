using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace EventHubs.Emulator.Tests;

/// <summary>The SDK's processor against the emulator: owners, positions, repeated deliveries (reference events.md §1.3).</summary>
public sealed class ProcessorTests : IDisposable
{
    private const string Hub = "sync";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly EventHubsEmulator _emulator = EventHubsEmulator.Start(
        new EmulatorOptions(FreePort.Next(), [(Hub, 4)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System);

    private readonly MemoryCheckpoints _store = new();

    public void Dispose() => _emulator.Dispose();

    [Fact]
    public async Task One_processor_owns_every_partition_and_sees_every_event_once()
    {
        await SendAsync(0, 40);
        var a = Make("a");
        await a.StartProcessingAsync();

        await HasAsync(40, a);

        await a.StopProcessingAsync();
        Assert.Equal(Bodies(0, 40), a.Received.Order());
        Assert.Equal(4, _store.Positions.Count);
    }

    [Fact]
    public async Task A_second_processor_takes_half_and_the_rest_once_the_first_has_stopped()
    {
        var (a, b) = (Make("a"), Make("b"));
        await a.StartProcessingAsync();
        await UntilAsync(() => _store.OwnedBy("a") == 4, Owners);
        await b.StartProcessingAsync();
        await UntilAsync(() => (_store.OwnedBy("a"), _store.OwnedBy("b")) == (2, 2), Owners);

        await a.StopProcessingAsync();
        await SendAsync(0, 40);
        await HasAsync(40, a, b);

        await b.StopProcessingAsync();
        Assert.Equal(Bodies(0, 40), a.Received.Concat(b.Received).Distinct().Order());
    }

    [Fact]
    public async Task A_processor_that_starts_later_continues_at_the_checkpoints()
    {
        await SendAsync(0, 40);
        var a = Make("a");
        await a.StartProcessingAsync();
        await UntilAsync(IsStored, () => $"{a.Received.Count} deliveries");
        await a.StopProcessingAsync();
        await SendAsync(40, 40);

        var b = Make("b");
        await b.StartProcessingAsync();
        await HasAsync(40, b);

        await b.StopProcessingAsync();
        Assert.Equal(Bodies(40, 40), b.Received.Order());
    }

    [Fact]
    public async Task A_batch_whose_handler_fails_is_delivered_again()
    {
        await SendAsync(0, 5, "0");
        var a = Make("a", failures: 1);
        await a.StartProcessingAsync();

        await UntilAsync(
            () => _store.Positions.TryGetValue("0", out var at) && at.SequenceNumber == _emulator.LastSequenceNumber(Hub, "0"),
            () => $"{a.Received.Count} deliveries");

        await a.StopProcessingAsync();
        Assert.True(a.Received.Count > 5, $"{a.Received.Count} deliveries");
        Assert.Equal(Bodies(0, 5), a.Received.Distinct().Order());
    }

    private Processor Make(string identifier, int failures = 0) => new(_emulator.ConnectionString(Hub), _store, identifier) { FailNext = failures };

    private string Owners() => $"a owns {_store.OwnedBy("a")}, b owns {_store.OwnedBy("b")}";

    // Whether the position of each partition is its last event.
    private bool IsStored() => Enumerable.Range(0, 4).Select(number => $"{number}")
        .All(id => _store.Positions.TryGetValue(id, out var at) && at.SequenceNumber == _emulator.LastSequenceNumber(Hub, id));

    private async Task SendAsync(int first, int count, string? partition = null)
    {
        await using var producer = new EventHubProducerClient(_emulator.ConnectionString(Hub));
        foreach (var body in Bodies(first, count))
        {
            await producer.SendAsync([new EventData(body)], new SendEventOptions { PartitionId = partition });
        }
    }

    private static IEnumerable<string> Bodies(int first, int count) =>
        Enumerable.Range(first, count).Select(number => number.ToString("D4", CultureInfo.InvariantCulture));

    private static Task HasAsync(int distinct, params Processor[] processors) => UntilAsync(
        () => processors.SelectMany(p => p.Received).Distinct().Count() == distinct,
        () => $"{processors.SelectMany(p => p.Received).Distinct().Count()} of {distinct} events");

    private static Task UntilAsync(Func<bool> holds, Func<string> describe) =>
        Wait.ForAsync(() => Task.FromResult(holds()), done => done, Limit, _ => describe());
}
