using System.Globalization;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Single-row inserts by the client and at the concurrency of a benchmark, and at 16 beside it: what its figure is held against.</summary>
internal sealed record SingleRows(int Callers, Rate States, Rate States16, Rate Shared, Rate Shared16)
{
    public static async Task<SingleRows> MeasureAsync(string connectionString, int callers, TimeSpan span) => new(
        callers,
        await StorageLimits.StatesAsync(connectionString, callers, span),
        await StorageLimits.StatesAsync(connectionString, 16, span),
        await StorageLimits.SingleAsync(connectionString, callers, span),
        await StorageLimits.SingleAsync(connectionString, 16, span));

    public async Task WriteAsync(TextWriter output)
    {
        await output.WriteLineAsync($"a state for each task, {Callers} callers {States}");
        await output.WriteLineAsync($"a state for each task,  16 callers {States16}");
        await output.WriteLineAsync($"rows that share partitions, {Callers}    {Shared}");
        await output.WriteLineAsync($"rows that share partitions,  16    {Shared16}");
    }

    /// <summary>All ratios of a figure, and whether that to a state for each task keeps its limit.</summary>
    public (bool Holds, string Text) Hold(double perSecond, double limit)
    {
        var ratio = perSecond / States.PerSecond;
        return (ratio >= limit, string.Create(CultureInfo.InvariantCulture,
            $"ratio to a state for each task, {Callers} callers: {ratio:F2} (limit ≥ {limit:0.#}: {(ratio >= limit ? "holds" : "MISSED")}), 16 callers: {perSecond / States16.PerSecond:F2}; to rows that share partitions: {perSecond / Shared.PerSecond:F2}, {perSecond / Shared16.PerSecond:F2}"));
    }
}
