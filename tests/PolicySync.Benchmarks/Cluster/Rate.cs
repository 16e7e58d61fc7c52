using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Operations per second of so many callers that each wait for their answer, and how long answers took.</summary>
internal sealed record Rate(double PerSecond, double P50, double P99)
{
    /// <summary>Warms up for a while, then measures.</summary>
    public static async Task<Rate> OfAsync(int callers, TimeSpan span, Func<int, Task<int>> operation)
    {
        await MeasureAsync(callers, span / 4, operation);
        return await MeasureAsync(callers, span, operation);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{PerSecond,9:N0} /s   p50 {P50,7:F1} ms   p99 {P99,8:F1} ms");

    private static int _number;

    // An operation tells how many rows or answers it was.
    private static async Task<Rate> MeasureAsync(int callers, TimeSpan span, Func<int, Task<int>> operation)
    {
        var times = new ConcurrentBag<double>();
        var done = 0L;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < span)
            {
                var since = Stopwatch.GetTimestamp();
                Interlocked.Add(ref done, await operation(Interlocked.Increment(ref _number)));
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var sorted = times.Order().ToList();
        return new Rate(done / seconds, sorted[sorted.Count / 2], sorted[(int)(sorted.Count * 0.99)]);
    }
}
