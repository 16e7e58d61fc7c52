using System.Diagnostics.Metrics;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Telemetry;

namespace PolicySync.Grains.Telemetry;

/// <summary>
/// Counts and times of tasks and runs, by the names of <see cref="MetricNames"/>.
/// </summary>
internal sealed class GrainMetrics
{
    /// <summary>Value of the tag <c>code</c> where nothing failed.</summary>
    public const string NoCode = "NONE";

    private static readonly double[] DurationBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

    private static readonly double[] DelayBounds = [5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];

    private readonly Counter<long> _tasksEnded;
    private readonly Histogram<double> _taskDuration;
    private readonly Histogram<double> _watchDelay;
    private readonly Counter<long> _resourcesEnded;
    private readonly Counter<long> _runs;
    private readonly Counter<long> _coalesced;
    private readonly Counter<long> _changes;
    private readonly Counter<long> _gaps;
    private readonly TimeProvider _time;
    private OpenTasks? _open;
    private Lines? _lines;
    private int _driven;

    public GrainMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MetricNames.Meter);
        _tasksEnded = meter.CreateCounter<long>(MetricNames.TasksEnded, "{task}", "Tasks that ended, by status and outcome.");
        _taskDuration = meter.CreateHistogram(MetricNames.TaskDuration, "s", "Time from the acceptance of a task to its end, by status.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });
        _watchDelay = meter.CreateHistogram(MetricNames.WatchDelay, "s", "Time from the creation of a table that the watch found to the end of its first sync.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = DelayBounds });
        _resourcesEnded = meter.CreateCounter<long>(MetricNames.ResourcesEnded, "{securable}", "Runs on securables that ended, by status and error code.");
        _runs = meter.CreateCounter<long>(MetricNames.Runs, "{run}", "Runs on securables that began.");
        _coalesced = meter.CreateCounter<long>(MetricNames.RunsCoalesced, "{call}", "Calls that were served by a run which another call had started.");
        _changes = meter.CreateCounter<long>(MetricNames.Changes, "{change}", "Changes that took effect in Unity Catalog, by action.");
        _gaps = meter.CreateCounter<long>(MetricNames.Gaps, "{gap}", "Differences that runs reported, by code and direction; at most 1,000 of a run.");
        meter.CreateObservableGauge(MetricNames.TasksDriven, () => Volatile.Read(ref _driven), "{task}", "Tasks that this silo drives now.");
        meter.CreateObservableGauge(MetricNames.TasksWaiting, Waiting, "{task}", "Tasks that wait in this silo's lines.");
        meter.CreateObservableGauge(MetricNames.TasksOpen, () => Volatile.Read(ref _open)?.Count ?? 0, "{task}", "Open tasks in the store that are in this silo's share.");
        meter.CreateObservableGauge(MetricNames.OldestOpenTask, OldestAge, "s", "Age of the oldest open task in this silo's share; 0 when there is none.");
        BeginAtZero();
    }

    /// <summary>Records what a scan found of the open tasks in this silo's share.</summary>
    public void RecordOpenTasks(long open, DateTimeOffset? oldest) => Volatile.Write(ref _open, new OpenTasks(open, oldest));

    /// <summary>Lets the lengths of the silo's lines be measured.</summary>
    public void WatchLines(Func<int> ofShort, Func<int> ofLong) => Volatile.Write(ref _lines, new Lines(ofShort, ofLong));

    public void RecordTaskStart() => Interlocked.Increment(ref _driven);

    public void RecordTaskLeft() => Interlocked.Decrement(ref _driven);

    public void RecordEnd(SyncTask task)
    {
        _tasksEnded.Add(1, new("status", WireNames.Of(task.Status)), new("outcome", task.Outcome is { } outcome ? WireNames.Of(outcome) : "NONE"));
        _taskDuration.Record(((task.EndTime ?? _time.GetUtcNow()) - task.CreateTime).TotalSeconds, new KeyValuePair<string, object?>("status", WireNames.Of(task.Status)));
    }

    /// <summary>Records the first sync of an object that ended well, where the watch asked for it.</summary>
    public void RecordFirstSync(string? share, SecurableFacts facts, ResourceResult? result)
    {
        if (share == TaskShare.OfOrigin(TaskOrigins.Watch) && facts is { CreatedAt: { } created, Securable.Type: SecurableType.Table }
            && result is { Status: ResourceStatus.Success })
        {
            _watchDelay.Record(Math.Max(0, (_time.GetUtcNow() - created).TotalSeconds));
        }
    }

    public void RecordRunStart() => _runs.Add(1);

    public void RecordCoalescedCall() => _coalesced.Add(1);

    public void RecordChanges(IEnumerable<ResourceChange> changes)
    {
        foreach (var action in changes.CountBy(change => change.Action))
        {
            _changes.Add(action.Value, new KeyValuePair<string, object?>("action", WireNames.Of(action.Key)));
        }
    }

    public void RecordEnd(ResourceResult result)
    {
        _resourcesEnded.Add(1, new("status", WireNames.Of(result.Status)), new("code", result.Error is { } error ? WireNames.Of(error.Code) : NoCode));
        foreach (var gap in result.Gaps.CountBy(gap => (gap.Code, gap.Direction)))
        {
            _gaps.Add(gap.Value, new("code", WireNames.Of(gap.Key.Code)), new("direction", WireNames.Of(gap.Key.Direction)));
        }
    }

    private Measurement<int>[] Waiting()
    {
        var lines = Volatile.Read(ref _lines);
        return
        [
            new(lines?.OfShort() ?? 0, new KeyValuePair<string, object?>("kind", "short")),
            new(lines?.OfLong() ?? 0, new KeyValuePair<string, object?>("kind", "long")),
        ];
    }

    private double OldestAge() =>
        Volatile.Read(ref _open)?.Oldest is { } oldest ? Math.Max(0, (_time.GetUtcNow() - oldest).TotalSeconds) : 0;

    // A counter that does not exist before its first event hides that event from `rate` and `increase`.
    private void BeginAtZero()
    {
        foreach (var (status, outcome) in new[]
                 {
                     (SyncTaskStatus.Success, SyncTaskOutcome.Succeeded), (SyncTaskStatus.Success, SyncTaskOutcome.SucceededWithGaps),
                     (SyncTaskStatus.Success, SyncTaskOutcome.Drifted),
                     (SyncTaskStatus.Failed, SyncTaskOutcome.Failed), (SyncTaskStatus.Failed, SyncTaskOutcome.Partial),
                     (SyncTaskStatus.Skipped, SyncTaskOutcome.Skipped),
                 })
        {
            _tasksEnded.Add(0, new("status", WireNames.Of(status)), new("outcome", WireNames.Of(outcome)));
        }

        foreach (var action in Enum.GetValues<ChangeAction>())
        {
            _changes.Add(0, new KeyValuePair<string, object?>("action", WireNames.Of(action)));
        }

        foreach (var code in Enum.GetValues<GapCode>())
        {
            _gaps.Add(0, new("code", WireNames.Of(code)), new("direction", WireNames.Of(GapDirection.Exposed)));
            _gaps.Add(0, new("code", WireNames.Of(code)), new("direction", WireNames.Of(GapDirection.Withheld)));
        }

        _resourcesEnded.Add(0, new("status", WireNames.Of(ResourceStatus.Success)), new("code", NoCode));
        foreach (var code in Enum.GetValues<SyncErrorCode>())
        {
            var status = SyncErrorCodes.RecoveryOf(code) == Recovery.Skip ? ResourceStatus.Skipped : ResourceStatus.Failed;
            _resourcesEnded.Add(0, new("status", WireNames.Of(status)), new("code", WireNames.Of(code)));
        }

        _runs.Add(0);
        _coalesced.Add(0);
    }

    private sealed record Lines(Func<int> OfShort, Func<int> OfLong);

    private sealed record OpenTasks(long Count, DateTimeOffset? Oldest);
}
