using System.Diagnostics;
using PolicySync.Benchmarks.Cluster;

namespace PolicySync.Benchmarks.Walks;

/// <summary>A walk by the service, and the same calls by the plain client.</summary>
/// <param name="Processors">Processor seconds of each process during the walk by the service.</param>
/// <param name="Storage">Calls to storage during that walk, by table and operation.</param>
internal sealed record Pair(
    TimeSpan Ours, TimeSpan Plain, int Calls, IReadOnlyList<(string Name, double Seconds)> Processors, IReadOnlyDictionary<string, double> Storage)
{
    public double Ratio => Ours / Plain;
}

/// <summary>Walks catalogs with the service, and has the plain client repeat the calls on catalogs like them.</summary>
internal sealed class Walker(Rig rig, PlainClient plain, int concurrency) : IDisposable
{
    private static readonly TimeSpan BetweenLooksAtWalk = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BetweenLooksAtTask = TimeSpan.FromMilliseconds(2);

    private readonly ServiceClient _service = rig.Cluster.Client();

    public Task GenerateAsync(string catalog, int schemas, int tables) => rig.Emulator.GenerateAsync(catalog, schemas, tables);

    /// <summary>Has the workspace answer so much later.</summary>
    public Task SetLatencyAsync(int milliseconds) =>
        rig.Emulator.FaultAsync(new { id = "latency", path = "/api/*", delayMs = milliseconds });

    public Task EndLatencyAsync() => rig.Emulator.RemoveFaultAsync("latency");

    /// <summary>Walks <paramref name="ours"/> with the service, and repeats its calls on <paramref name="its"/>.</summary>
    public async Task<Pair> PairAsync(string ours, string its)
    {
        await rig.Emulator.ForgetCallsAsync();
        var (before, operations) = (rig.ProcessorSeconds(), await rig.OperationsAsync());
        var time = await RunAsync(Payload.Catalog(ours), BetweenLooksAtWalk);
        var processors = rig.ProcessorSeconds().Zip(before, (now, then) => (now.Name, now.Seconds - then.Seconds)).ToList();
        var storage = (await rig.OperationsAsync()).ToDictionary(pair => pair.Key, pair => pair.Value - operations.GetValueOrDefault(pair.Key));
        var calls = (await rig.Emulator.CallsAsync()).Where(call => call.Path.StartsWith("/api/", StringComparison.Ordinal)).ToList();
        var least = await plain.WalkAsync(calls, concurrency, address => address.Replace(ours, its, StringComparison.Ordinal));
        return new Pair(time, least, calls.Count, processors, storage);
    }

    /// <summary>Syncs one table with the service, and repeats its calls on the table of the same name in another catalog.</summary>
    public async Task<Pair> TaskPairAsync(string table, string ours, string its)
    {
        await rig.Emulator.ForgetCallsAsync();
        var time = await RunAsync(Payload.Table(table), BetweenLooksAtTask);
        var calls = (await rig.Emulator.CallsAsync()).Where(call => call.Path.StartsWith("/api/", StringComparison.Ordinal)).ToList();
        var least = await plain.StepsAsync(StepsOf(calls), address => address.Replace(ours, its, StringComparison.Ordinal));
        return new Pair(time, least, calls.Count, [], new Dictionary<string, double>());
    }

    // Reads up to the next change do not depend on each other; changes of several securables are made one after the other.
    private static List<IReadOnlyList<Call>> StepsOf(IEnumerable<Call> calls)
    {
        var (steps, reads) = (new List<IReadOnlyList<Call>>(), new List<Call>());
        foreach (var call in calls)
        {
            if (call.Method == "GET")
            {
                reads.Add(call);
                continue;
            }

            steps.AddRange([reads, [call]]);
            reads = [];
        }

        steps.Add(reads);
        return steps;
    }

    /// <summary>From the POST of a task to its successful end.</summary>
    private async Task<TimeSpan> RunAsync(object body, TimeSpan between)
    {
        var start = Stopwatch.GetTimestamp();
        var id = await _service.PostAsync(body);
        while (true)
        {
            var task = await _service.GetAsync(id);
            switch ((string?)task["status"])
            {
                case "SUCCESS":
                    return Stopwatch.GetElapsedTime(start);
                case "FAILED" or "SKIPPED":
                    throw new InvalidOperationException($"the task failed: {task}");
            }

            await Task.Delay(between);
        }
    }

    public void Dispose() => _service.Dispose();
}
