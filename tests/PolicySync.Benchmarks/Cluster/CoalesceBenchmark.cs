using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>What many tasks for one table cost the workspace: runs are shared by all that wait.</summary>
internal static class CoalesceBenchmark
{
    private const int Tasks = 4_000;
    private const int Connections = 128;
    private const double Limit = 0.1;

    public static async Task<int> RunAsync(TextWriter output)
    {
        await using var rig = await Rig.StartAsync(tables: 1);
        using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
        await rig.Emulator.ForgetCallsAsync();
        var body = Poster.TaskFor(Rig.Table(0));
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Tasks), new ParallelOptions { MaxDegreeOfParallelism = Connections },
            async (_, _) => await client.PostAsync(Poster.TaskPath, body));
        var open = new TableClient(rig.ConnectionString, rig.Cluster.TablePrefix + "OpenTasks");
        await Wait.ForAsync(
            async () => await open.QueryAsync<TableEntity>(maxPerPage: 1, select: ["RowKey"]).AnyAsync(), any => !any,
            TimeSpan.FromMinutes(10), _ => "tasks are left open");
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var runs = (await rig.Emulator.CallsAsync()).Count(call => call.Path.Contains("/permissions/table/", StringComparison.Ordinal));
        var share = (double)runs / Tasks;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"coalesce: {Tasks} tasks for one table by {Connections} connections ended in {seconds:F1} s, {Tasks / seconds:N0} /s, by {runs} runs: {share:P1} of a run for each task (limit ≤ {Limit:P0}: {(share <= Limit ? "holds" : "MISSED")})"));
        return share <= Limit ? 0 : 1;
    }
}
