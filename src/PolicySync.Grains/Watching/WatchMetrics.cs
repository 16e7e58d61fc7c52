using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Telemetry;

namespace PolicySync.Grains.Watching;

/// <summary>Counts what the watch finds, by the names of <see cref="MetricNames"/>. Without a watch there is nothing to see.</summary>
internal sealed class WatchMetrics
{
    private static readonly double[] RoundBounds = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600];

    private readonly Histogram<double>? _rounds;
    private readonly Counter<long>? _new;
    private readonly Counter<long>? _gone;
    private readonly Counter<long>? _recreated;
    private long _names;
    private int _fallbacks;

    public WatchMetrics(IMeterFactory meters, IOptions<WatchOptions> options)
    {
        if (options.Value.Every is null)
        {
            return;
        }

        var meter = meters.Create(MetricNames.Meter);
        _rounds = meter.CreateHistogram(MetricNames.WatchRound, "s", "Time that a round of the watch took.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = RoundBounds });
        _new = meter.CreateCounter<long>(MetricNames.WatchNew, "{table}", "Tables that the watch found to be new and for which it made tasks.");
        _gone = meter.CreateCounter<long>(MetricNames.WatchGone, "{table}", "Tables that the watch found to be gone.");
        _recreated = meter.CreateCounter<long>(MetricNames.WatchRecreated, "{table}", "Tables that the watch found to be another object of the same name and for which it made tasks.");
        meter.CreateObservableGauge(MetricNames.WatchNames, () => Volatile.Read(ref _names), "{table}", "Tables that the watch knows.");
        meter.CreateObservableGauge(MetricNames.WatchFallback, () => Volatile.Read(ref _fallbacks), "{catalog}", "Catalogs whose tables the watch lists by schema, since table summaries are refused or incomplete.");
        Array.ForEach([_new, _gone, _recreated], static counter => counter.Add(0));
    }

    public void RecordRound(TimeSpan took, WatchMemory memory)
    {
        _rounds?.Record(took.TotalSeconds);
        Volatile.Write(ref _names, memory.Names);
        Volatile.Write(ref _fallbacks, memory.Fallbacks);
    }

    public void RecordNew(long count) => _new?.Add(count);

    public void RecordGone(long count) => _gone?.Add(count);

    public void RecordRecreated(long count) => _recreated?.Add(count);

    /// <summary>The watch is in another process from now on.</summary>
    public void Clear()
    {
        Volatile.Write(ref _names, 0);
        Volatile.Write(ref _fallbacks, 0);
    }
}
