using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;

namespace EventHubs.Emulator.Tests;

/// <summary>The official SDK finds in the emulator what it asks of the service (reference events.md §1.3).</summary>
public sealed class SdkTests : IAsyncLifetime, IDisposable
{
    private const string Hub = "sync";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private EventHubsEmulator _emulator = null!;
    private EventHubProducerClient _producer = null!;

    private string Address => _emulator.ConnectionString(Hub);

    public Task InitializeAsync()
    {
        _emulator = EventHubsEmulator.Start(
            new EmulatorOptions(FreePort.Next(), [(Hub, 4)], new HashSet<string> { EmulatorOptions.DefaultGroup, "second" }), TimeProvider.System);
        _producer = new EventHubProducerClient(Address, Quick());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _producer.DisposeAsync();
        Dispose();
    }

    public void Dispose() => _emulator.Dispose();

    [Fact]
    public async Task Properties_of_hub_and_partitions_are_told()
    {
        await SendAsync("0", "a", "b");

        var hub = await _producer.GetEventHubPropertiesAsync();
        var used = await _producer.GetPartitionPropertiesAsync("0");
        var empty = await _producer.GetPartitionPropertiesAsync("1");

        Assert.Equal((Hub, 4), (hub.Name, hub.PartitionIds.Length));
        Assert.Equal(_emulator.LastSequenceNumber(Hub, "0"), used.LastEnqueuedSequenceNumber);
        Assert.False(used.IsEmpty);
        Assert.True(empty.IsEmpty);
    }

    [Fact]
    public async Task Events_sent_one_by_one_and_in_batches_are_read_in_their_order_with_their_positions()
    {
        await SendAsync("2", [.. Enumerable.Range(0, 50).Select(number => $"event {number}")]);
        await SendAsync("2", "the last");

        var read = await ReadAsync("2", EventPosition.Earliest, 51);

        Assert.Equal([.. Enumerable.Range(0, 50).Select(number => $"event {number}"), "the last"], read.Select(one => one.EventBody.ToString()));
        Assert.Equal(Enumerable.Range(0, 51).Select(number => read[0].SequenceNumber + number), read.Select(one => one.SequenceNumber));
        Assert.True(read.Zip(read.Skip(1)).All(pair => long.Parse(pair.First.OffsetString, CultureInfo.InvariantCulture) < long.Parse(pair.Second.OffsetString, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_reader_begins_after_an_offset_a_sequence_number_and_with_the_next_event()
    {
        await SendAsync("0", "a", "b", "c");
        var all = await ReadAsync("0", EventPosition.Earliest, 3);

        Assert.Equal("b", (await ReadAsync("0", EventPosition.FromOffset(all[0].OffsetString, isInclusive: false), 1))[0].EventBody.ToString());
        Assert.Equal("c", (await ReadAsync("0", EventPosition.FromSequenceNumber(all[2].SequenceNumber, isInclusive: true), 1))[0].EventBody.ToString());
        var next = ReadAsync("0", EventPosition.Latest, 1);
        await Wait.ForAsync(
            () => Task.FromResult(_emulator.Journal.Lines.Any(line => line.Contains("@latest", StringComparison.Ordinal))), seen => seen, Limit, _ => "no reader came");
        await SendAsync("0", "d");
        Assert.Equal("d", (await next)[0].EventBody.ToString());
    }

    [Fact]
    public async Task Events_of_one_key_have_one_partition_and_those_without_take_turns()
    {
        await _producer.SendAsync([new EventData("a")], new SendEventOptions { PartitionKey = "k" });
        await _producer.SendAsync([new EventData("b")], new SendEventOptions { PartitionKey = "k" });
        for (var i = 0; i < 8; i++)
        {
            await _producer.SendAsync([new EventData("turn")]);
        }

        var counts = new List<(int Keyed, int Turns)>();
        for (var i = 0; i < 4; i++)
        {
            var read = await ReadAllAsync($"{i}");
            counts.Add((read.Count(one => one.PartitionKey == "k"), read.Count(one => one.PartitionKey is null)));
        }

        Assert.Equal([0, 0, 0, 2], counts.Select(count => count.Keyed).Order());
        Assert.Equal([2, 2, 2, 2], counts.Select(count => count.Turns));
    }

    [Fact]
    public async Task A_reader_with_a_higher_epoch_takes_the_partition_from_another_and_a_lower_one_is_refused()
    {
        await using var first = Receiver(level: 1);
        await SendAsync("0", "a", "b");
        Assert.Single(await first.ReceiveBatchAsync(1, Limit));
        await using var second = Receiver(level: 2);
        Assert.Single(await second.ReceiveBatchAsync(1, Limit));
        await using var third = Receiver(level: 1);

        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, (await Assert.ThrowsAsync<EventHubsException>(() => third.ReceiveBatchAsync(1, Limit))).Reason);
        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, (await Assert.ThrowsAsync<EventHubsException>(() => ReadUntilRefusedAsync(first))).Reason);
    }

    [Fact]
    public async Task The_last_event_of_a_partition_is_told_with_each_event()
    {
        await SendAsync("0", "a", "b", "c");
        await using var receiver = new PartitionReceiver(
            "$Default", "0", EventPosition.Earliest, Address, new PartitionReceiverOptions { TrackLastEnqueuedEventProperties = true });

        Assert.Single(await receiver.ReceiveBatchAsync(1, Limit));

        Assert.Equal(_emulator.LastSequenceNumber(Hub, "0"), receiver.ReadLastEnqueuedEventProperties().SequenceNumber);
    }

    [Fact]
    public async Task An_unknown_group_hub_or_partition_is_not_found()
    {
        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, (await Assert.ThrowsAsync<EventHubsException>(() => ReadAsync("0", EventPosition.Earliest, 1, "none"))).Reason);
        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, (await Assert.ThrowsAsync<EventHubsException>(() => ReadAsync("7", EventPosition.Earliest, 1))).Reason);
        await using var other = new EventHubProducerClient(_emulator.ConnectionString("other"), Quick());
        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, (await Assert.ThrowsAsync<EventHubsException>(() => other.SendAsync([new EventData("a")]))).Reason);
    }

    [Fact]
    public async Task A_refused_token_and_a_busy_hub_are_told_as_the_service_tells_them()
    {
        _emulator.Faults.RefusesTokens = true;
        await using var refused = new EventHubProducerClient(Address, Quick());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => refused.SendAsync([new EventData("a")]));
        _emulator.Faults.RefusesTokens = false;
        _emulator.Faults.RefuseLinks("com.microsoft:server-busy", times: 100);
        await using var busy = new EventHubProducerClient(Address, Quick());

        Assert.Equal(EventHubsException.FailureReason.ServiceBusy, (await Assert.ThrowsAsync<EventHubsException>(() => busy.SendAsync([new EventData("a")]))).Reason);
    }

    [Fact]
    public async Task Held_events_come_when_they_are_released_and_repeated_ones_come_again()
    {
        _emulator.Faults.HoldsDeliveries = true;
        await SendAsync("0", "a", "b");
        await using var receiver = Receiver(level: 1);
        Assert.Empty(await receiver.ReceiveBatchAsync(2, TimeSpan.FromMilliseconds(300)));

        _emulator.Release();
        Assert.Equal(2, (await ReceiveAsync(receiver, 2)).Count);
        _emulator.Repeat(Hub, 1);
        Assert.Equal("b", (await ReceiveAsync(receiver, 1))[0].EventBody.ToString());
    }

    [Fact]
    public async Task The_program_sends_standard_input_as_one_event()
    {
        using var input = new MemoryStream("hello\nhub"u8.ToArray());
        string[] args = ["--port", $"{_emulator.Port}", "--hub", Hub];

        Assert.Equal(0, await SendCommand.RunAsync(args, input, TextWriter.Null));
        Assert.Equal("hello\nhub", (await ReadAsync("0", EventPosition.Earliest, 1))[0].EventBody.ToString());
        Assert.Equal(2, await SendCommand.RunAsync(["--hub", Hub], Stream.Null, TextWriter.Null));
        Assert.Equal(1, await SendCommand.RunAsync(["--port", $"{FreePort.Next()}", "--hub", Hub], Stream.Null, TextWriter.Null));
    }

    [Theory]
    [InlineData("--hub sync:4", "`--port` is missing")]
    [InlineData("--port 5672", "`--hub` is missing")]
    [InlineData("--port 0 --hub sync:4", "`--port 0` is not an argument")]
    [InlineData("--port 5672 --hub sync:0", "`--hub sync:0` is not an argument")]
    [InlineData("--port 5672 --hub sync:4 --hub SYNC:2", "`--hub SYNC:2` is not an argument")]
    [InlineData("--port 5672 --hub sync:4 --verbose", "`--verbose` is not an argument")]
    public void Wrong_arguments_are_named(string arguments, string message)
    {
        Assert.Null(EmulatorOptions.Parse(arguments.Split(' '), out var error));
        Assert.Equal(message, error);
    }

    private static EventHubProducerClientOptions Quick() => new() { RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0, TryTimeout = TimeSpan.FromSeconds(10) } };

    private PartitionReceiver Receiver(long level) => new(
        "$Default", "0", EventPosition.Earliest, Address,
        new PartitionReceiverOptions { OwnerLevel = level, RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0, TryTimeout = TimeSpan.FromSeconds(10) } });

    private async Task SendAsync(string partition, params string[] bodies) =>
        await _producer.SendAsync(bodies.Select(body => new EventData(body)), new SendEventOptions { PartitionId = partition });

    private async Task<List<EventData>> ReadAsync(string partition, EventPosition from, int count, string group = "$Default")
    {
        await using var receiver = new PartitionReceiver(
            group, partition, from, Address, new PartitionReceiverOptions { RetryOptions = new EventHubsRetryOptions { MaximumRetries = 0, TryTimeout = TimeSpan.FromSeconds(10) } });
        return await ReceiveAsync(receiver, count);
    }

    private async Task<List<EventData>> ReadAllAsync(string partition)
    {
        var properties = await _producer.GetPartitionPropertiesAsync(partition);
        await using var receiver = new PartitionReceiver("$Default", partition, EventPosition.Earliest, Address);
        var read = new List<EventData>();
        while (!properties.IsEmpty && (read.Count == 0 || read[^1].SequenceNumber < properties.LastEnqueuedSequenceNumber))
        {
            read.AddRange(await receiver.ReceiveBatchAsync(100, Limit));
        }

        return read;
    }

    private static async Task<List<EventData>> ReceiveAsync(PartitionReceiver receiver, int count)
    {
        var read = new List<EventData>();
        using var limit = new CancellationTokenSource(Limit);
        while (read.Count < count)
        {
            read.AddRange(await receiver.ReceiveBatchAsync(count - read.Count, TimeSpan.FromSeconds(5), limit.Token));
        }

        return read;
    }

    private static async Task ReadUntilRefusedAsync(PartitionReceiver receiver)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            await receiver.ReceiveBatchAsync(1, TimeSpan.FromSeconds(1), limit.Token);
        }
    }
}
