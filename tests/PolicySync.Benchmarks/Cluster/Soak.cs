using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Whether ended tasks leave anything in memory: a silo's managed heap after few and after many of them.</summary>
internal static class Soak
{
    /// <summary>Ended tasks at the first reading: by then everything that is made once has been made.</summary>
    public const int First = 10_000;

    private const double LimitMebi = 20;
    private const int Tables = 2_000;
    private const int Connections = 64;

    /// <summary>Posted before the open ones are waited for: what is measured is what ended tasks leave, not a backlog.</summary>
    private const int Lot = 5_000;

    private static readonly TimeSpan LongestLot = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(int tasks, TextWriter output)
    {
        await using var rig = await Rig.StartAsync(Tables);
        using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
        var start = Stopwatch.GetTimestamp();
        await RunAsync(rig, client, 0, First);
        var (silo, gateway) = await ReadAsync(rig, First, output);
        for (var done = First; done < tasks;)
        {
            var next = Math.Min(Lot, tasks - done);
            await RunAsync(rig, client, done, next);
            done += next;
            if (done % (4 * Lot) == 0)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"  {done:N0} tasks ended after {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} min"));
            }
        }

        var (siloAfter, gatewayAfter) = await ReadAsync(rig, tasks, output);
        var difference = siloAfter.LiveMebi - silo.LiveMebi;
        var holds = Math.Abs(difference) < LimitMebi;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"difference: silo {difference:+0.0;-0.0} MiB (limit < {LimitMebi:F0} MiB: {(holds ? "holds" : "MISSED")}), gateway {gatewayAfter.LiveMebi - gateway.LiveMebi:+0.0;-0.0} MiB; {client.Refused} POSTs refused and repeated"));
        return holds ? 0 : 1;
    }

    private static async Task<(Heap Silo, Heap Gateway)> ReadAsync(Rig rig, int tasks, TextWriter output)
    {
        var (silo, gateway) = (await ReadAsync(rig.Cluster.Silos[0]), await ReadAsync(rig.Cluster.Gateways[0]));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"managed heap after a forced collection at {tasks:N0} ended tasks: silo {silo}, gateway {gateway}"));
        return (silo, gateway);
    }

    private static Task<Heap> ReadAsync(Member member) =>
        Heap.SettledAsync(() => Heap.AfterCollectionAsync(member.ProcessId, member.MetricsAsync));

    private static async Task RunAsync(Rig rig, Poster client, int first, int count)
    {
        using var enough = new CancellationTokenSource(LongestLot);
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = enough.Token },
            async (number, cancellation) =>
            {
                while (await client.PostAsync(Poster.TaskPath, Poster.TaskFor(Rig.Table(number % Tables))) == 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellation); // as Retry-After says
                }
            });
        var open = new TableClient(rig.ConnectionString, rig.Cluster.TablePrefix + "OpenTasks");
        await Wait.ForAsync(
            async () => await open.QueryAsync<TableEntity>(maxPerPage: 1, select: ["RowKey"]).AnyAsync(), any => !any,
            LongestLot, _ => "tasks are left open");
    }
}
