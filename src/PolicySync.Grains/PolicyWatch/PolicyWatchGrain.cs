using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Watching;
using PolicySync.Ranger.Json;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>
/// Compares the policies with those whose changes were dealt with last, the baseline, and makes tasks for what differs. The baseline is
/// replaced after the last task of a change is durable. A crash in between makes the tasks of the change again, which is harmless: they are
/// idempotent and share their runs.
/// </summary>
internal sealed partial class PolicyWatchGrain(
    [PersistentState("policy-watch", GrainNames.Storage)] IPersistentState<PolicyWatchState> state,
    PolicyWatchServices services,
    TimeProvider time,
    ILogger<PolicyWatchGrain> logger) : Grain, IPolicyWatchGrain, IDisposable
{
    private readonly LongWork _work = new(time);

    // What was last found to be the same as the baseline, or held; the same object as long as nothing differs.
    private WatchedVersion? _known;
    private WatchedPolicies? _baseline;
    private DateTimeOffset? _behindSince;
    private (long Version, string Reason)? _held;

    private PolicyWatchOptions Options => services.Options.Value.Watch;

    public Task TickAsync() => _work.RunAsync(WatchAsync);

    public Task<PolicyWatchProgress> ReadAsync() => Task.FromResult(new PolicyWatchProgress(_behindSince, _held?.Version, _held?.Reason));

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _work.StopAsync(cancellationToken);
        services.Metrics.Forget();
    }

    public void Dispose() => _work.Dispose();

    private async Task WatchAsync(CancellationToken stopping)
    {
        if (Options.Mode == PolicyWatchMode.Off || await services.Versions.ReadAsync(stopping) is not { } current)
        {
            return;
        }

        if (!ReferenceEquals(current, _known))
        {
            _behindSince ??= time.GetUtcNow();
            Report();
            if (await SettledAsync(current, stopping) is not { } settled)
            {
                return;
            }

            await ActAsync(settled, stopping);
            _known = settled;
            _behindSince = _held is null ? null : _behindSince;
        }

        Report();
    }

    // A series of edits is one change. Null when the policies cannot be read any more.
    private async Task<WatchedVersion?> SettledAsync(WatchedVersion current, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        while (state.State.Baseline is not null && Options.Settle > TimeSpan.Zero && time.GetElapsedTime(start) < PolicyWatchOptions.LongestSettle)
        {
            await Task.Delay(Options.Settle, time, stopping);
            if (await services.Versions.ReadAsync(stopping) is not { } next)
            {
                return null;
            }

            if (ReferenceEquals(next, current))
            {
                break;
            }

            current = next;
        }

        return current;
    }

    private async Task ActAsync(WatchedVersion current, CancellationToken stopping)
    {
        var known = _baseline ??= await ReadBaselineAsync(stopping);
        if (known is null && state.State.Baseline is null && Options.First == FirstPolicies.Learn)
        {
            LogLearned(current.Version);
            await ReplaceAsync(current, stopping);
            return;
        }

        // Content that was lost says nothing, unless it was that of the present policies.
        if (known is null && state.State.Baseline == current.Hash)
        {
            await services.Sets.PutAsync(current.Hash, current.Stored, stopping);
            _baseline = current.Policies;
            return;
        }

        var change = known is null ? null : await Task.Run(() => WatchedChange.Between(known, current.Policies, services.TagsElsewhere), stopping);
        if (change is not { IsNothing: true } && !await MakeTasksAsync(change ?? WatchedChange.OfEverything("it is not known which policies were dealt with last"), current, stopping))
        {
            return;
        }

        await ReplaceAsync(current, stopping);
    }

    // False when the change is held.
    private async Task<bool> MakeTasksAsync(WatchedChange change, WatchedVersion current, CancellationToken stopping)
    {
        var concerned = await Task.Run(() => services.Concerned.FindAsync(change, stopping), stopping);
        if (await services.Limit.FaultAsync(change, concerned, current.Version, stopping) is { } reason)
        {
            _held = (current.Version, reason);
            LogHeld(current.Version, reason);
            return false;
        }

        _held = null;
        if (concerned.Unlisted.Count > 0)
        {
            LogUnlisted(string.Join(", ", concerned.Unlisted.Select(Core.WireNames.Of)));
        }

        if (change.Everything is { } everything)
        {
            LogEverything(everything);
        }

        await StateAsync(new PolicyWatchState { Baseline = state.State.Baseline, Target = current.Hash });
        var id = $"{Short(state.State.Baseline)}..{Short(current.Hash)}";
        await services.Tasks.MakeAsync(concerned.Resources, id, task =>
        {
            services.Metrics.RecordTask();
            LogMade(task.Id, task.Request.Resources.Count, task.Request.Type);
        }, stopping);
        services.Metrics.RecordChange(change.Policies, concerned.Securables, change.Everything);
        LogDone(id, current.Version, change.Policies, concerned.Resources.Count);
        return true;
    }

    private async Task ReplaceAsync(WatchedVersion current, CancellationToken stopping)
    {
        var before = state.State;
        if (before.Baseline != current.Hash)
        {
            // Named before it is stored, so that nothing is left behind by a crash.
            await StateAsync(new PolicyWatchState { Baseline = before.Baseline, Target = current.Hash });
            await services.Sets.PutAsync(current.Hash, current.Stored, stopping);
        }

        await StateAsync(new PolicyWatchState { Baseline = current.Hash });
        (_baseline, _held) = (current.Policies, null);
        foreach (var old in new[] { before.Baseline, before.Target }.OfType<string>().Where(hash => hash != current.Hash).Distinct(StringComparer.Ordinal))
        {
            await services.Sets.DeleteAsync(old, stopping);
        }
    }

    private async Task<WatchedPolicies?> ReadBaselineAsync(CancellationToken stopping)
    {
        if (state.State.Baseline is not { } hash)
        {
            return null;
        }

        try
        {
            return await services.Sets.FindAsync(hash, stopping) is { } stored ? WatchedPolicies.Read(stored) : null;
        }
        catch (RangerFormatException e)
        {
            LogDamaged(e);
            return null;
        }
    }

    private Task StateAsync(PolicyWatchState next) => next.Baseline == state.State.Baseline && next.Target == state.State.Target
        ? Task.CompletedTask
        : state.ReplaceAsync(next, DeactivateOnIdle);

    private void Report() => services.Metrics.RecordStanding(_behindSince, _held is not null);

    private static string Short(string? hash) => hash is null ? "none" : hash[..12];

    [LoggerMessage(80, LogLevel.Information, "Policies are watched from version {Version} on; what it holds counts as dealt with")]
    private partial void LogLearned(long version);

    [LoggerMessage(81, LogLevel.Information, "Made task {TaskId} for {Count} resources, type {Type}, because policies changed")]
    private partial void LogMade(Core.Tasks.TaskId taskId, int count, string type);

    [LoggerMessage(82, LogLevel.Information, "Change {Change} to version {Version} of the policies is turned into tasks: {Policies} policies concern {Resources} resources")]
    private partial void LogDone(string change, long version, int policies, int resources);

    [LoggerMessage(83, LogLevel.Warning, "A policy change can concern every managed securable: {Reason}")]
    private partial void LogEverything(string reason);

    [LoggerMessage(84, LogLevel.Error, "The change to version {Version} of the policies is held: {Reason}")]
    private partial void LogHeld(long version, string reason);

    [LoggerMessage(86, LogLevel.Warning, "Securables outside catalogs that policies concern were left out, as the service may not list them: {Types}")]
    private partial void LogUnlisted(string types);

    [LoggerMessage(87, LogLevel.Error, "The stored policies cannot be read, so everything that is managed counts as changed")]
    private partial void LogDamaged(Exception failure);
}
