using System.Diagnostics;
using System.Globalization;
using PolicySync.Benchmarks.Cluster;

namespace PolicySync.Benchmarks.Walks;

/// <summary>
/// A walk of a catalog against a plain client that sends the same calls at the same concurrency: the first walk, in which each
/// securable differs, and the second, in which none does. With and without latency of the workspace.
/// </summary>
internal static class WalkBenchmark
{
    private const int Schemas = 20;
    private const int TablesOfSchema = 50;
    private const int Securables = 1 + Schemas + (Schemas * TablesOfSchema);
    private const int Rounds = 3;

    /// <summary>Leaves of one task that are synced at once (<c>TaskDriver.Window</c>).</summary>
    private const int Concurrency = 16;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly (int LatencyMs, double Limit)[] Cases = [(0, 1.5), (50, 1.2)];

    public static async Task<int> RunAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"walk: a catalog of {Schemas} schemas with {TablesOfSchema} tables each, one gateway, one silo, Azurite in memory; a plain client sends the same calls, {Concurrency} leaves at once");
        await using var rig = await Rig.StartAsync(tables: 1);
        rig.Policies.Allow("walked", "walk*.*.*", "select", "@analysts").Publish();
        using var plain = new PlainClient(rig.Emulator.Url);
        using var walker = new Walker(rig, plain, Concurrency);
        await walker.GenerateAsync("walkwarm", Schemas, TablesOfSchema);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            await walker.PairAsync("walkwarm", "walkwarm");
        }

        var holds = true;
        foreach (var (latency, limit) in Cases)
        {
            var (first, second) = (new List<Pair>(), new List<Pair>());
            for (var round = 0; round < Rounds; round++)
            {
                var (ours, its) = ($"walk{latency}r{round}a", $"walk{latency}r{round}b");
                await walker.GenerateAsync(ours, Schemas, TablesOfSchema);
                await walker.GenerateAsync(its, Schemas, TablesOfSchema);
                await walker.SetLatencyAsync(latency);
                first.Add(await walker.PairAsync(ours, its));
                second.Add(await walker.PairAsync(ours, its));
                await walker.EndLatencyAsync();
            }

            holds &= await WriteAsync(output, $"first walk, latency {latency} ms", first, limit);
            holds &= await WriteAsync(output, $"second walk, latency {latency} ms", second, limit);
        }

        return holds ? 0 : 1;
    }

    private static async Task<bool> WriteAsync(TextWriter output, string name, List<Pair> pairs, double limit)
    {
        var median = pairs.OrderBy(pair => pair.Ratio).ElementAt(pairs.Count / 2);
        var holds = median.Ratio <= limit;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{name,-28} {median.Ours.TotalSeconds,7:F2} s   plain client {median.Plain.TotalSeconds,7:F2} s   ratio {median.Ratio:F2} (limit {limit:F1}: {(holds ? "holds" : "MISSED")})   {median.Calls} calls"));
        await output.WriteLineAsync(
            "  processor time of each securable, in ms: "
            + string.Join(", ", median.Processors.Select(used => string.Create(CultureInfo.InvariantCulture, $"{used.Name} {used.Seconds * 1000 / Securables:F2}"))));
        await output.WriteLineAsync(
            "  storage calls: " + string.Join(", ", median.Storage.Where(pair => pair.Value >= 5).OrderByDescending(pair => pair.Value)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:N0}"))));
        return holds;
    }
}
