using System.Globalization;
using PolicySync.Benchmarks.Cluster;

namespace PolicySync.Benchmarks.Walks;

/// <summary>
/// From the POST of a task for one table to its successful end, at 50 ms latency of the workspace, against a plain client that sends the
/// same calls: all reads before a change at once, then the change, then the reads after it.
/// </summary>
internal static class TaskBenchmark
{
    private const int LatencyMs = 50;
    private const int Rounds = 21;
    private const int WarmRounds = 150;
    private const double Limit = 1.2;

    public static async Task<int> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"task: one table, from POST to SUCCESS, workspace with {LatencyMs} ms latency; a plain client sends the same calls, those that do not depend on each other at once");
        await using var rig = await Rig.StartAsync(tables: 1);
        rig.Policies.Allow("synced", "task*.*.*", "select", "@analysts").Publish();
        using var plain = new PlainClient(rig.Emulator.Url);
        using var walker = new Walker(rig, plain, concurrency: 1);
        await walker.GenerateAsync("taskwarm", 1, WarmRounds);
        await walker.GenerateAsync("taskours", 1, Rounds);
        await walker.GenerateAsync("taskplain", 1, Rounds);
        await MeasureAsync(walker, WarmRounds, "taskwarm", "taskwarm");
        await MeasureAsync(walker, WarmRounds, "taskwarm", "taskwarm");
        await walker.SetLatencyAsync(LatencyMs);
        var differs = await MeasureAsync(walker, Rounds, "taskours", "taskplain");
        var inSync = await MeasureAsync(walker, Rounds, "taskours", "taskplain");
        var holds = await WriteAsync(output, "a table that differs", differs);
        return await WriteAsync(output, "a table in sync", inSync) && holds ? 0 : 1;
    }

    private static async Task<List<Pair>> MeasureAsync(Walker walker, int tables, string ours, string its)
    {
        var pairs = new List<Pair>();
        for (var table = 0; table < tables; table++)
        {
            pairs.Add(await walker.TaskPairAsync($"{ours}.schema_0000.table_{table:00000}", ours, its));
        }

        return pairs;
    }

    private static async Task<bool> WriteAsync(TextWriter output, string name, List<Pair> pairs)
    {
        var median = pairs.OrderBy(pair => pair.Ratio).ElementAt(pairs.Count / 2);
        var holds = median.Ratio <= Limit;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{name,-22} {median.Ours.TotalMilliseconds,6:F0} ms   plain client {median.Plain.TotalMilliseconds,6:F0} ms   ratio {median.Ratio:F2} (limit {Limit:F1}: {(holds ? "holds" : "MISSED")})   {median.Calls} calls"));
        return holds;
    }
}
