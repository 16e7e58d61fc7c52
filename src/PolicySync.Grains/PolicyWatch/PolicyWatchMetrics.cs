using System.Diagnostics.Metrics;
using PolicySync.Core.Telemetry;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>What the watch of policies did, by the names of <see cref="MetricNames"/>. The silo that has the watch reports the gauges.</summary>
internal sealed class PolicyWatchMetrics
{
    private readonly TimeProvider _time;
    private readonly Counter<long> _policies;
    private readonly Counter<long> _securables;
    private readonly Counter<long> _tasks;
    private readonly Counter<long> _everything;
    private volatile Standing? _standing;

    public PolicyWatchMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MetricNames.Meter);
        _policies = meter.CreateCounter<long>(MetricNames.WatchedPolicies, "{policy}", "Policies of changes that were turned into tasks.");
        _securables = meter.CreateCounter<long>(MetricNames.WatchedSecurables, "{securable}", "Securables that these changes can concern, as far as they were listed.");
        _tasks = meter.CreateCounter<long>(MetricNames.WatchTasks, "{task}", "Tasks that were made because of them.");
        _everything = meter.CreateCounter<long>(MetricNames.WatchedEverything, "{change}", "Changes that can concern everything that is managed, by reason.");
        meter.CreateObservableGauge(MetricNames.WatchBehind, ObserveBehind, "s", "Time for which a change of policies has waited to be turned into tasks; 0 when none waits.");
        meter.CreateObservableGauge(MetricNames.WatchHeld, ObserveHeld, "{change}", "1 when a change is held because it concerns too many securables, else 0.");
    }

    public void RecordStanding(DateTimeOffset? behindSince, bool isHeld) => _standing = new Standing(behindSince, isHeld);

    public void Forget() => _standing = null;

    public void RecordChange(int policies, int securables, string? everything)
    {
        _policies.Add(policies);
        _securables.Add(securables);
        if (everything is not null)
        {
            _everything.Add(1, new KeyValuePair<string, object?>("reason", everything));
        }
    }

    public void RecordTask() => _tasks.Add(1);

    private IEnumerable<Measurement<double>> ObserveBehind() => _standing is { } standing
        ? [new(standing.BehindSince is { } since ? Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds) : 0)] : [];

    private IEnumerable<Measurement<int>> ObserveHeld() => _standing is { } standing ? [new(standing.IsHeld ? 1 : 0)] : [];

    private sealed record Standing(DateTimeOffset? BehindSince, bool IsHeld);
}
