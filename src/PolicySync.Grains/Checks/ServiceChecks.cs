using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.PolicyWatch;

namespace PolicySync.Grains.Checks;

/// <summary>The checks of what the service has besides the workspace: storage, policies, suspensions. Safe for concurrent use.</summary>
internal sealed class ServiceChecks(
    ITaskStore store, ISuspensions suspensions, PolicySnapshots policies, IGrainFactory grains, GrainSettings settings, IOptions<PoliciesOptions> options, TimeProvider time)
{
    /// <summary>A change of policies is turned into tasks well before, unless something is in the way.</summary>
    private static readonly TimeSpan LongBehind = TimeSpan.FromMinutes(10);


    /// <summary>Most patterns that a detail names.</summary>
    private const int Shown = 3;

    /// <summary>An id that no task has, as ids begin with the milliseconds since 2024.</summary>
    private static readonly TaskId NoTask = new(1);

    /// <summary>Reads one row that does not exist.</summary>
    public async Task<CheckResult> StorageAsync(string name, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        await store.FindAsync(NoTask, cancellation);
        return CheckResult.Ok(name, string.Create(CultureInfo.InvariantCulture, $"answers, in {time.GetElapsedTime(since).TotalMilliseconds:0} ms"));
    }

    /// <summary>Checks the source of the policies, as each run does.</summary>
    /// <exception cref="SyncException">The source gives no policies that can be used.</exception>
    public async Task<CheckResult> PoliciesAsync(string name, CancellationToken cancellation)
    {
        var fresh = await policies.GetFreshAsync().WaitAsync(cancellation);
        var accepted = policies.Accepted;
        var what = accepted is null
            ? string.Create(CultureInfo.InvariantCulture, $"version {fresh.Snapshot.Version}")
            : string.Create(CultureInfo.InvariantCulture,
                $"version {accepted.Baseline.Version}, accepted {Span(time.GetUtcNow() - accepted.AcceptTime)} ago; enabled policies: {accepted.Baseline.EnabledPolicies}, of tags: {accepted.Baseline.EnabledTagPolicies}");
        if (fresh.IsStale)
        {
            return CheckResult.Warn(
                name, $"{what}; the source fails and `Policies:AllowStale` lets it serve: {policies.Standing.Failure?.Message ?? "no answer"}",
                "Mend the source of the policies; until then changes of policies have no effect.");
        }

        if (options.Value.Watch.Mode != PolicyWatchMode.Off && await WatchAsync(name, what) is { } trouble)
        {
            return trouble;
        }

        return policies.Standing.Ignored is > 0 and var ignored
            ? CheckResult.Warn(name, string.Create(CultureInfo.InvariantCulture, $"{what}; parts of {ignored} policies have no effect"), "`policysync policies list` shows these parts, with the reasons.")
            : CheckResult.Ok(name, what);
    }

    // What the watch of policies waits for; null when it waits for nothing.
    private async Task<CheckResult?> WatchAsync(string name, string what)
    {
        var progress = await grains.GetGrain<IPolicyWatchGrain>(settings.Instance).ReadAsync();
        return progress.HeldReason is { } held
            ? CheckResult.Warn(
                name, string.Create(CultureInfo.InvariantCulture, $"{what}; the change to version {progress.HeldVersion} makes no tasks: {held}"),
                "Compare the versions (`policysync policies diff`), then allow the change or take it back: docs/policy-watch.md.")
            : progress.BehindSince is { } since && time.GetUtcNow() - since > LongBehind
            ? CheckResult.Warn(
                name, $"{what}; a change has waited {Span(time.GetUtcNow() - since)} to be turned into tasks",
                "The log says what is in the way: storage, the workspace's listing, or open tasks of the change before it.")
            : null;
    }

    /// <summary>Counts the suspensions that are in force.</summary>
    public async Task<CheckResult> SuspensionsAsync(string name, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var open = (await suspensions.ReadAsync(cancellation)).Where(suspension => suspension.IsInForce(now)).ToList();
        return open.Count == 0
            ? CheckResult.Ok(name, "nothing is suspended")
            : CheckResult.Warn(
                name,
                string.Create(CultureInfo.InvariantCulture, $"{open.Count} in force, on {Names(open.Select(suspension => suspension.Pattern.Key))}: nothing is written there"),
                "`policysync suspensions` shows reasons and ends; `policysync resume` deletes one.");
    }

    /// <summary>The first few names, and how many more there are.</summary>
    public static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(Shown)) + (all.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {all.Count - Shown} more") : "");
    }

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0} seconds"),
    };
}
