using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Tasks per second from accepted to ended, with nothing to change, each on a table of its own.</summary>
internal static class LifecycleBenchmark
{
    private const int Tasks = 10_000;
    private const int Warm = 1_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private const int Connections = 128;
    private const double Limit = 0.5;

    public static async Task<int> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync($"lifecycle: one gateway, one silo, Azurite in memory, emulator without latency, {Tasks} tasks on tables of their own, nothing to change");
        SingleRows rows;
        await using (var limits = await Rig.StartAsync(tables: 1))
        {
            rows = await SingleRows.MeasureAsync(limits.ConnectionString, Connections, TimeSpan.FromSeconds(8));
        }

        await using var rig = await Rig.StartAsync(Warm + Tasks);
        // The runtime compiles code for good only after it has run for a while: 1 task costs three times as much at first.
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            await RunAsync(rig, 0, Warm);
        }

        var (processors, operations) = (rig.ProcessorSeconds(), await rig.OperationsAsync());
        var seconds = await RunAsync(rig, Warm, Tasks);
        var rate = Tasks / seconds;
        await rows.WriteAsync(output);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"accepted to ended                  {rate,9:N0} /s   (processes ready after {rig.ReadyAfter.TotalSeconds:F1} s)"));
        await output.WriteLineAsync("what it took, of each second of one core, and for each task:");
        foreach (var ((name, after), (_, before)) in rig.ProcessorSeconds().Zip(processors))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {name,-12} {(after - before) / seconds,5:P0} {(after - before) * 1000 / Tasks,8:F2} ms"));
        }

        await output.WriteLineAsync("storage calls for each task:");
        var stateWrites = 0d;
        foreach (var (call, count) in (await rig.OperationsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var each = (count - operations.GetValueOrDefault(call)) / Tasks;
            stateWrites += call.StartsWith("OrleansGrainState ", StringComparison.Ordinal) && !call.EndsWith(" read", StringComparison.Ordinal) ? each * Tasks : 0;
            if (each > 0.005)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {call,-40} {each,5:F2}"));
            }
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"state writes: {stateWrites:F0} (limit 0)"));
        var (holds, text) = rows.Hold(rate, Limit);
        await output.WriteLineAsync(text);
        return holds && stateWrites == 0 ? 0 : 1;
    }

    private static async Task<double> RunAsync(Rig rig, int first, int count)
    {
        using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
        var open = new TableClient(rig.ConnectionString, rig.Cluster.TablePrefix + "OpenTasks");
        var start = Stopwatch.GetTimestamp();
        var accepted = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = Connections },
            async (number, _) => Interlocked.Add(ref accepted, await client.PostAsync(Poster.TaskPath, Poster.TaskFor(Rig.Table(number)))));
        if (accepted != count)
        {
            throw new InvalidOperationException($"{count - accepted} tasks were refused");
        }

        await Wait.ForAsync(
            async () => await open.QueryAsync<TableEntity>(maxPerPage: 1, select: ["RowKey"]).AnyAsync(), any => !any,
            TimeSpan.FromMinutes(10), _ => "tasks are left open");
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
