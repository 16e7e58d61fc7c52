using System.Globalization;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Acknowledged POST/s at 128 connections, against single-row inserts by the same client at the same concurrency.</summary>
internal static class IngestBenchmark
{
    private const int Connections = 128;
    private const double Limit = 3;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(24);

    public static async Task<int> RunAsync(TextWriter output)
    {
        Rate bare, single, single16, batched, product;
        int refused;
        List<string> processors;
        List<(string Call, double Each)> operations;
        await output.WriteLineAsync($"ingest: one gateway, one silo, Azurite in memory, {Connections} connections, {Span.TotalSeconds} s each");
        await using (var rig = await Rig.StartAsync(tables: 2_000))
        {
            single = await StorageLimits.SingleAsync(rig.ConnectionString, Connections, Span);
            single16 = await StorageLimits.SingleAsync(rig.ConnectionString, 16, Span);
            batched = await StorageLimits.BatchedAsync(rig.ConnectionString, 4, Span);
        }

        bare = await BareEndpoint.RateAsync(Connections, Span);

        // Afresh: the rows of the limits would weigh on the product's.
        await using (var rig = await Rig.StartAsync(tables: 2_000))
        {
            using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
            Task<int> PostAsync(int number) => client.PostAsync(Poster.TaskPath, Poster.TaskFor(Rig.Table(number % 2_000)));
            await Rate.OfAsync(Connections, WarmUp, PostAsync); // code is compiled for good only after a while
            var before = rig.ProcessorSeconds();
            var calls = await rig.OperationsAsync();
            product = await Rate.OfAsync(Connections, Span, PostAsync);
            operations = [.. (await rig.OperationsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => (pair.Key, (pair.Value - calls.GetValueOrDefault(pair.Key)) / (product.PerSecond * Span.TotalSeconds * 1.25)))];
            processors = rig.ProcessorSeconds().Zip(before, (now, then) => string.Create(
                CultureInfo.InvariantCulture, $"{now.Name} {(now.Seconds - then.Seconds) / (Span * 1.25).TotalSeconds:P0}")).ToList();
            refused = client.Refused;
        }

        var ratio = product.PerSecond / single.PerSecond;
        await output.WriteLineAsync($"single-row inserts, {Connections} callers   {single}");
        await output.WriteLineAsync($"single-row inserts,  16 callers   {single16}");
        await output.WriteLineAsync($"rows in transactions, 4 callers   {batched}");
        await output.WriteLineAsync($"bare endpoint with JWT            {bare}");
        await output.WriteLineAsync($"acknowledged POST                 {product}   {refused} refused");
        await output.WriteLineAsync($"meanwhile, of one core             {string.Join(", ", processors)}");
        await output.WriteLineAsync("storage calls for each of them: " + string.Join(", ", operations.Where(call => call.Each > 0.0005).Select(
            call => string.Create(CultureInfo.InvariantCulture, $"{call.Call} {call.Each:F3}"))));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"ratio to single-row inserts at {Connections} callers: {ratio:F2} (limit ≥ {Limit:F0}: {(ratio >= Limit ? "holds" : "MISSED")}); to 16 callers: {product.PerSecond / single16.PerSecond:F2}"));
        return ratio >= Limit ? 0 : 1;
    }
}
