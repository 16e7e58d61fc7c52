using System.Globalization;
using PolicySync.Core.Options;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>
/// Acknowledged POST/s at 128 connections, against single-row inserts by the same client at the same concurrency: a state
/// for each task, and beside it the cheapest rows that there are.
/// </summary>
internal static class IngestBenchmark
{
    private const int Connections = 128;
    private const double Limit = 3;

    /// <summary>Requests per second to the workspace: more than all processes can make.</summary>
    private const double Unbounded = 5_000;

    private static readonly TimeSpan Span = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(24);

    public static async Task<int> RunAsync(TextWriter output)
    {
        SingleRows rows;
        Rate batched;
        await output.WriteLineAsync($"ingest: one gateway, one silo, Azurite in memory, {Connections} connections, {Span.TotalSeconds} s each");
        await using (var rig = await Rig.StartAsync(tables: 1))
        {
            rows = await SingleRows.MeasureAsync(rig.ConnectionString, Connections, Span);
            batched = await StorageLimits.BatchedAsync(rig.ConnectionString, 4, Span);
        }

        var bare = await BareEndpoint.RateAsync(Connections, Span);
        await rows.WriteAsync(output);
        await output.WriteLineAsync($"rows in transactions, 4 callers    {batched}");
        await output.WriteLineAsync($"bare endpoint with JWT             {bare}");

        // Acceptance is measured with the budget that a workspace has by default, so that what is measured is not the work
        // on the tasks; and then with all work done beside it that the same cores can do.
        var product = await AcceptAsync(output, "default budget", new WorkspaceOptions().RequestsPerSecond);
        var beside = await AcceptAsync(output, "work beside it", Unbounded);
        var (holds, text) = rows.Hold(product.PerSecond, Limit);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{text}; with work beside it {beside.PerSecond / rows.States.PerSecond:F2} and {beside.PerSecond / rows.Shared.PerSecond:F2}"));
        return holds ? 0 : 1;
    }

    private static async Task<Rate> AcceptAsync(TextWriter output, string name, double requestsPerSecond)
    {
        await using var rig = await Rig.StartAsync(
            tables: 2_000, ("Workspace:RequestsPerSecond", requestsPerSecond.ToString(CultureInfo.InvariantCulture)));
        using var client = new Poster(rig.Cluster.Gateways[0].Url, rig.Cluster.Token);
        Task<int> PostAsync(int number) => client.PostAsync(Poster.TaskPath, Poster.TaskFor(Rig.Table(number % 2_000)));
        await Rate.OfAsync(Connections, WarmUp, PostAsync); // code is compiled for good only after a while
        var before = rig.ProcessorSeconds();
        var calls = await rig.OperationsAsync();
        var product = await Rate.OfAsync(Connections, Span, PostAsync);
        var operations = (await rig.OperationsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (Call: pair.Key, Each: (pair.Value - calls.GetValueOrDefault(pair.Key)) / (product.PerSecond * Span.TotalSeconds * 1.25)));
        var processors = rig.ProcessorSeconds().Zip(before, (now, then) => string.Create(
            CultureInfo.InvariantCulture, $"{now.Name} {(now.Seconds - then.Seconds) / (Span * 1.25).TotalSeconds:P0}"));
        await output.WriteLineAsync($"acknowledged POST, {name}  {product}   {client.Refused} refused");
        await output.WriteLineAsync($"  of one core: {string.Join(", ", processors)}");
        await output.WriteLineAsync("  storage calls for each: " + string.Join(", ", operations.Where(call => call.Each > 0.0005).Select(
            call => string.Create(CultureInfo.InvariantCulture, $"{call.Call} {call.Each:F3}"))));
        return product;
    }
}
