using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Carries out one run: read, desired, plan, guard, intent, apply, verify, record. Shared by all grains of a silo;
/// holds no state of any securable.
/// </summary>
internal sealed class ResourceRunner(
    IUnityCatalog catalog,
    IPrincipalDirectory directory,
    PolicySnapshots policies,
    ParentRuns parents,
    IOptions<SyncOptions> sync,
    IOptions<PoliciesOptions> policiesOptions,
    IOptions<PrincipalsOptions> principals,
    IOptions<WorkspaceOptions> workspace,
    TimeProvider time)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(30);

    private readonly Managed _managed = new(sync.Value);

    public TimeSpan WriteTimeout => workspace.Value.WriteTimeout;

    /// <summary>Runs to an end that is always a reply; only storage conflicts and defects escape as exceptions.</summary>
    public async Task<RunReply> RunAsync(Run run, WriteFence fence)
    {
        var start = time.GetUtcNow();
        var meter = new CallMeter();
        for (var attempt = 0; ; attempt++)
        {
            SyncException failure;
            try
            {
                run.Phase = RunPhase.Running;
                return await AttemptAsync(run, fence, meter, start);
            }
            catch (SyncException e) when (e.Recovery == Recovery.Retry)
            {
                failure = e;
            }
            catch (SyncException e)
            {
                return End(run, start, meter, e);
            }

            run.Phase = RunPhase.Waiting;
            if (failure.OutcomeUnknown)
            {
                await fence.WaitOutAsync();
            }

            var limit = failure.Code == SyncErrorCode.PoliciesUnavailable ? policiesOptions.Value.MaxWait : sync.Value.RetryFor;
            var wait = failure.RetryAfter ?? Backoff(attempt);
            if (time.GetUtcNow() + wait - start > limit)
            {
                return End(run, start, meter, failure);
            }

            await Task.Delay(wait, time);
        }
    }

    /// <summary>The result of a securable that failed or is to be skipped.</summary>
    public static ResourceResult Failure(Securable securable, DateTimeOffset start, DateTimeOffset end, ResultError error) => new()
    {
        Type = ResourceResult.TypeOf(securable),
        FullName = securable.FullName,
        Status = SyncErrorCodes.RecoveryOf(error.Code) == Recovery.Skip ? ResourceStatus.Skipped : ResourceStatus.Failed,
        Message = error.Message,
        Error = error,
        StartTime = start,
        EndTime = end,
    };

    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromTicks(Math.Min(MaxBackoff.Ticks, FirstBackoff.Ticks << Math.Min(attempt, 10)));

    private RunReply End(Run run, DateTimeOffset start, CallMeter meter, SyncException e) => new()
    {
        Phase = RunPhase.Done,
        Result = Failure(run.Securable, start, time.GetUtcNow(), new ResultError(e.Code, e.Message)) with { Calls = meter.Calls },
    };

    private async Task<RunReply> AttemptAsync(Run run, WriteFence fence, CallMeter meter, DateTimeOffset start)
    {
        var fresh = await policies.GetFreshAsync();
        var everyone = await directory.GetAsync(CancellationToken.None);
        if (!run.DryRun)
        {
            await fence.SettleAsync(() => run.Phase = RunPhase.Waiting);
        }

        var above = run is { ParentsDone: false, Scope: RunScope.Full } && sync.Value.ParentUse
            ? await parents.PrepareAsync(run)
            : ParentOutcome.None;
        run.Phase = RunPhase.Running;

        var attempt = new RunAttempt(run, fence, meter, fresh, everyone, above.Excess)
        {
            Catalog = catalog,
            Managed = _managed,
            Sync = sync.Value,
            ExpandUpTo = principals.Value.ExpandUpTo,
            Time = time,
        };
        var reply = await attempt.RunAsync(start);
        above = await parents.FinishAsync(run, above);
        return above.AddTo(reply);
    }
}
