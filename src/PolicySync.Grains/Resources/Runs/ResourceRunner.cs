using PolicySync.Core.Errors;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Resources.Drift;
using PolicySync.Grains.Resources.Isolating;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Restoring;
using PolicySync.Grains.Resources.Writing;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>
/// Carries out runs, and repeats an attempt that failed as long as that can help. Shared by all grains of a silo; has no state of
/// any securable.
/// </summary>
internal sealed class ResourceRunner(
    PolicySnapshots policies, CandidatePolicies candidates, IPrincipalDirectory directory, RunServices services, RunDrift drift, RefusedPrincipals refused,
    GrainMetrics metrics)
{
    /// <summary>A check of policies may take this long even where <c>Policies:MaxWait</c> is shorter.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = services.Time;

    public StateRestorer Restorer => services.Restorer;

    public TimeSpan WriteTimeout => services.Settings.WriteTimeout;

    /// <summary>
    /// Runs to an end that is a reply. Only a conflict of the stored state, a cancellation and defects escape.
    /// </summary>
    public async Task<RunReply> RunAsync(Run run, WriteFence fence, CancellationToken stopping)
    {
        var start = _time.GetUtcNow();
        run.Begin();
        var progress = new RunProgress(new ChangeTracker(), new RunRefusals(refused));
        var patience = new RetryPatience(_time, services.Settings.Sync.RetryFor, services.Settings.MaxPoliciesWait);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.Abandoned);
        try
        {
            while (true)
            {
                try
                {
                    patience.BeginAttempt();
                    return await AttemptAsync(run, fence, progress, start, stopping, either.Token);
                }
                catch (SyncException e) when (e.Recovery == Recovery.Retry)
                {
                    run.WaitFor(e);
                    if (patience.NextWait(e) is { } wait)
                    {
                        await Task.Delay(wait, _time, either.Token);
                    }
                    else if (!progress.Refusals.GiveUpGuards())
                    {
                        await IndexFailureAsync(run, fence, e, stopping);
                        return End(run, fence, start, progress, e);
                    }
                }
                catch (SyncException e)
                {
                    await IndexFailureAsync(run, fence, e, stopping);
                    return End(run, fence, start, progress, await ForwardAsync(run, fence, e, stopping));
                }
            }
        }
        catch (OperationCanceledException) when (run.IsAbandoned && !stopping.IsCancellationRequested)
        {
            return End(run, fence, start, progress, new SyncException(SyncErrorCode.Cancelled, TaskMessages.CancelledBefore));
        }
        finally
        {
            metrics.RecordChanges(progress.Changes.Made);
            await LeaveAsync(fence, progress);
        }
    }

    /// <summary>The reply to callers of a run that was left before it began.</summary>
    public static RunReply Abandoned(Securable securable, DateTimeOffset now) => new()
    {
        Phase = RunPhase.Done,
        IsTimed = true, // unknown, so a schedule may concern it
        Result = Failure(securable, now, now, new ResultError(SyncErrorCode.Cancelled, TaskMessages.CancelledBefore)),
    };

    /// <summary>Creates the result of a securable that failed or is skipped.</summary>
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

    private async Task<RunReply> AttemptAsync(
        Run run, WriteFence fence, RunProgress progress, DateTimeOffset start, CancellationToken stopping, CancellationToken leaving)
    {
        if (!run.DryRun)
        {
            await services.Sources.Suspensions.RequireNoneAsync(run.Securable, leaving);
        }

        var fresh = await run.DuringAsync(WaitKind.Policies, "the policy source", FreshAsync(leaving));
        var wanted = run.Candidate is { Length: > 0 } candidate
            ? await run.DuringAsync(WaitKind.Policies, "the candidate policies of the plan", candidates.GetAsync(candidate, fresh.Snapshot, leaving))
            : fresh.Snapshot;
        var everyone = await run.DuringAsync( // shared, so this run does not cancel it
            WaitKind.Workspace, "the list of its principals", directory.GetAsync(CancellationToken.None).WaitAsync(leaving));
        if (!run.DryRun || run.Adopt is not null)
        {
            await fence.SettleAsync(() => run.WaitFor(WaitKind.Turn, $"another process wrote {run.Securable} and its write may still take effect"), leaving);
        }

        run.Phase = RunPhase.Running; // not before: a retry that finds no policies is still waiting
        var planner = new RunPlanner(run, fence, wanted, everyone, progress, services, leaving);
        var identityBefore = fence.State.Identity;
        await planner.OpenAsync();
        if (run.Adopt is { } adoption)
        {
            var writer = new FencedWriter(run, fence, planner.Inputs.Facts.Identity, services, stopping);
            return await drift.AdoptAsync(run, planner, fence, writer, adoption, progress.Changes, leaving);
        }

        if (run.IsQuestion)
        {
            return await services.Questions.AnswerAsync(run, planner, start, leaving);
        }

        var report = await new SyncRun(run, planner, progress, services, stopping, leaving).RunAsync();
        var above = await services.Parents.FinishAsync(run, report.Above, stopping);
        leaving.ThrowIfCancellationRequested();
        var reply = report.ToReply(run, progress.Changes, above, fresh.IsStale, start, _time.GetUtcNow());
        reply = above.AddTo(run, await drift.NoteAsync(run, planner, fence, report.Plan, progress.Changes, reply, leaving));
        if (planner.Inputs.Facts.Identity != identityBefore)
        {
            metrics.RecordFirstSync(run.Meter!.Flow.Share, planner.Inputs.Facts, reply.Result);
        }

        return run.DryRun && await services.Sources.Suspensions.FindAsync(run.Securable, leaving) is { } suspension
            ? reply with { Result = reply.Result! with { Message = $"{reply.Result.Message}; {suspension.MessageOn(run.Securable)}" } }
            : reply;
    }

    // A check has its own limit, which may be longer than a task may wait. It goes on for later callers.
    private async Task<FreshPolicies> FreshAsync(CancellationToken stopping)
    {
        var check = policies.GetFreshAsync();
        var limit = services.Settings.MaxPoliciesWait > LeastPatience ? services.Settings.MaxPoliciesWait : LeastPatience;
        try
        {
            return await check.WaitAsync(limit, _time, stopping);
        }
        catch (TimeoutException) when (!check.IsCompleted)
        {
            throw new SyncException(SyncErrorCode.PoliciesUnavailable,
                $"the policies were still being read after {limit}; check whether the source or its file system hangs");
        }
    }

    // A securable that does not exist may live on under another name, with access that is to end now. Where that cannot be
    // found out the run fails, and a task that was made because something was due is made again.
    private async Task<SyncException> ForwardAsync(Run run, WriteFence fence, SyncException failure, CancellationToken stopping)
    {
        if (failure.Code != SyncErrorCode.SecurableNotFound || run is not { IsDue: true, DryRun: false })
        {
            return failure;
        }

        try
        {
            await services.Renamed.ForwardAsync(run.Securable, fence.State, run.Meter!, stopping);
            return failure;
        }
        catch (SyncException e)
        {
            return e;
        }
    }

    // An answer about a principal must not name what no longer exists. What cannot be written, the next run writes.
    private async Task IndexFailureAsync(Run run, WriteFence fence, SyncException failure, CancellationToken stopping)
    {
        try
        {
            if (failure.Code != SyncErrorCode.SecurableNotFound)
            {
                await services.Indexing.FailAsync(run, fence, failure.Code, stopping);
            }
            else if (!run.DryRun && fence.State.Seen?.Securable == run.Securable.ToString())
            {
                await services.Indexing.RemoveAsync(fence, stopping);
            }
        }
        catch (Exception e) when (e is SyncException || (e is OperationCanceledException && !stopping.IsCancellationRequested))
        {
        }
    }

    /// <summary>Deletes the state of an object that another name's grain has taken over, and what the index has under this name.</summary>
    public async Task ForgetAsync(WriteFence fence, string identity, CancellationToken stopping)
    {
        if (fence.State.Identity == identity && fence.State.Seen is not null)
        {
            await fence.SettleAsync(static () => { }, stopping);
            await services.Indexing.RemoveAsync(fence, stopping);
        }

        await fence.ForgetAsync(identity);
    }

    private RunReply End(Run run, WriteFence fence, DateTimeOffset start, RunProgress progress, SyncException e) => new()
    {
        Phase = RunPhase.Done,
        IsTimed = fence.State.DueAt is not null,
        Result = WithChanges(Failure(run.Securable, start, _time.GetUtcNow(), new ResultError(e.Code, e.Message)), progress.Changes.Made) with
        {
            Calls = run.Meter!.Calls,
        },
    };

    // A suspension that came between two changes: some of what was to be skipped is done.
    private static ResourceResult WithChanges(ResourceResult result, IReadOnlyList<ResourceChange> made) => result with
    {
        Status = made.Count > 0 && result.Error!.Code == SyncErrorCode.Suspended ? ResourceStatus.Failed : result.Status,
        Changes = [.. made.Take(ResourceResult.MaxListed)],
        ChangeCount = made.Count,
    };

    // A courtesy to the next writer only: an intent that cannot be closed is found open and waited out.
    private async Task LeaveAsync(WriteFence fence, RunProgress progress)
    {
        try
        {
            await fence.LeaveAsync(state => progress.Refusals.Record(state, _time.GetUtcNow()));
        }
        catch (Exception e) when (e is SyncException or Orleans.Storage.InconsistentStateException)
        {
        }
    }
}
