using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using EventHubs.Emulator;
using PolicySync.Core.Options;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>
/// A burst of events that two silos make tasks of, against acknowledged POST/s of the same processes. The events lie in the hub before any is
/// delivered, so that what is measured is the intake and not the sender. The hub is in this process.
/// </summary>
internal static class EventsBenchmark
{
    private const string HubName = "tasks";
    private const int Partitions = 8;
    private const int Warm = 2_000;
    private const int Events = 5_000;
    private const int Tables = 2_000;
    private const int Connections = 128;
    private const int PerSend = 500;

    private static readonly TimeSpan Span = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(24);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(TextWriter output)
    {
        using var hub = EventHubsEmulator.Start(
            new EmulatorOptions(FreePort.Next(), [(HubName, Partitions)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System);
        // With the budget that a workspace has by default, so that what is measured is not the work on the tasks.
        await using var rig = await Rig.StartAsync(Tables, silos: 2, [
            ("Events:EventHub:Enabled", "true"), ("Events:EventHub:ConnectionString", hub.ConnectionString(HubName)),
            ("Events:EventHub:BalanceEvery", "00:00:01"), ("Events:EventHub:OwnershipExpires", "00:00:06"),
            ("Workspace:RequestsPerSecond", new WorkspaceOptions().RequestsPerSecond.ToString(CultureInfo.InvariantCulture)),
        ]);
        await Wait.ForAsync(
            () => rig.SiloTotalsAsync("policysync_events_partitions"), owned => owned.All(count => count == Partitions / 2), Longest,
            owned => $"partitions of the silos: {string.Join(" and ", owned!)}");
        await output.WriteLineAsync($"events: one gateway, two silos, {Partitions} partitions, Azurite in memory; {Warm} events to warm up, then a burst of {Events}");

        await BurstAsync(rig, hub, 0, Warm);
        var (taken, passed) = await BurstAsync(rig, hub, Warm, Events);
        using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
        Task<int> PostAsync(int number) => client.PostAsync(Poster.TaskPath, Poster.TaskFor(Rig.Table(number % Tables)));
        await Rate.OfAsync(Connections, WarmUp, PostAsync);
        var posts = await Rate.OfAsync(Connections, Span, PostAsync);
        var events = Events / taken.TotalSeconds;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"events made tasks                  {events,9:N0} /s   {Events} in {taken.TotalSeconds:F1} s; the lag was 0 again after {passed.TotalSeconds:F1} s"));
        await output.WriteLineAsync($"acknowledged POST, {Connections} connections {posts}   {client.Refused} refused");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"events : POST                      {events / posts.PerSecond:F2}"));
        return 0;
    }

    // How long until each event is a task, and until the position of each partition is behind its last one.
    private static async Task<(TimeSpan Taken, TimeSpan Passed)> BurstAsync(Rig rig, EventHubsEmulator hub, int first, int count)
    {
        hub.Faults.HoldsDeliveries = true;
        await using (var producer = new EventHubProducerClient(hub.ConnectionString(HubName)))
        {
            foreach (var numbers in Enumerable.Range(first, count).Chunk(PerSend))
            {
                await producer.SendAsync(numbers.Select(number => new EventData(Poster.TaskFor(Rig.Table(number % Tables), $"e-{number}"))));
            }
        }

        var start = Stopwatch.GetTimestamp();
        hub.Release();
        await Wait.ForAsync(
            () => rig.SiloTotalsAsync("policysync_events_outcomes", "outcome=\"ACCEPTED\""), accepted => accepted.Sum() == first + count, Longest,
            accepted => $"{accepted?.Sum()} of {first + count} events are tasks");
        var taken = Stopwatch.GetElapsedTime(start);
        await Wait.ForAsync(() => rig.SiloTotalsAsync("policysync_events_lag"), lag => lag.Sum() == 0, Longest, lag => $"the lag is {lag?.Sum()}");
        return (taken, Stopwatch.GetElapsedTime(start));
    }
}
