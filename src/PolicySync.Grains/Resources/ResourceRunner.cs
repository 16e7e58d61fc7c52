using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Schedules;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Carries out one run: read, desired, plan, guard, intent, apply, verify, record; and again while that can help.
/// Shared by all grains of a silo; holds no state of any securable.
/// </summary>
internal sealed class ResourceRunner(
    IUnityCatalog catalog,
    ITableGuards tables,
    IPrincipalDirectory directory,
    PolicySnapshots policies,
    ParentRuns parents,
    Agenda agenda,
    RenamedObjects renamed,
    GrainMetrics metrics,
    RunTags tags,
    RefusedPrincipals refused,
    MetastoreOwner metastore,
    IOptions<SyncOptions> sync,
    IOptions<PoliciesOptions> policiesOptions,
    IOptions<PrincipalsOptions> principals,
    IOptions<WorkspaceOptions> workspace,
    TimeProvider time)
{
    /// <summary>A check may take this long even where <c>Policies:MaxWait</c> allows no second one.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    private readonly Managed _managed = new(sync.Value);
    private readonly GuardSchemas _guardSchemas = new(time);

    public TimeSpan WriteTimeout => workspace.Value.WriteTimeout;

    /// <summary>
    /// Runs to an end that is a reply. What escapes: a conflict of our stored state, a cancellation, and defects.
    /// </summary>
    public async Task<RunReply> RunAsync(Run run, WriteFence fence, CancellationToken stopping)
    {
        var start = time.GetUtcNow();
        var meter = run.Begin();
        var findings = new RunFindings(refused);
        var patience = new RetryPatience(time, sync.Value.RetryFor, policiesOptions.Value.MaxWait);
        try
        {
            while (true)
            {
                try
                {
                    patience.Attempt();
                    return await AttemptAsync(run, fence, findings, meter, start, stopping);
                }
                catch (SyncException e) when (e.Recovery == Recovery.Retry)
                {
                    run.WaitFor(e);
                    if (e.OutcomeUnknown)
                    {
                        await fence.WaitOutAsync(stopping);
                    }

                    if (patience.Next(e) is not { } wait)
                    {
                        if (findings.GiveUpGuards())
                        {
                            continue;
                        }

                        return End(run, fence, start, meter, findings, e);
                    }

                    await Task.Delay(wait, time, stopping);
                }
                catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound && run is { IsDue: true, DryRun: false })
                {
                    return await ForwardAsync(run, fence, start, meter, findings, e, stopping);
                }
                catch (SyncException e)
                {
                    return End(run, fence, start, meter, findings, e);
                }
            }
        }
        finally
        {
            metrics.Changed(findings.Changes);
            await LeaveAsync(fence, findings);
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

    private async Task<RunReply> AttemptAsync(
        Run run, WriteFence fence, RunFindings findings, CallMeter meter, DateTimeOffset start, CancellationToken stopping)
    {
        var fresh = await run.DuringAsync(WaitKind.Policies, "the policy source", FreshAsync(stopping));
        var everyone = await run.DuringAsync( // shared: not ours to cancel
            WaitKind.Workspace, "the list of its principals", directory.GetAsync(CancellationToken.None).WaitAsync(stopping));
        if (!run.DryRun)
        {
            await fence.SettleAsync(() => run.WaitFor(WaitKind.Turn, $"another process wrote {run.Securable} and its write may still take effect"), stopping);
        }

        run.Phase = RunPhase.Running; // not before: a retry that finds no policies has been waiting all the time
        var above = ParentOutcome.None;
        var attempt = new RunAttempt(run, fence, findings, meter, fresh, everyone)
        {
            Catalog = catalog,
            Tables = workspace.Value.WarehouseId is { Length: > 0 } ? tables : null,
            StatementTimeout = workspace.Value.StatementTimeout,
            GuardSchemas = _guardSchemas,
            Metastore = metastore,
            Managed = _managed,
            Sync = sync.Value,
            ExpandUpTo = principals.Value.ExpandUpTo,
            Agenda = agenda,
            Renamed = renamed,
            WriteTimeout = WriteTimeout,
            Tags = tags,
            Time = time,
            Stopping = stopping,
            PrepareAsync = async () =>
            {
                above = await parents.PrepareAsync(run, stopping);
                run.Phase = RunPhase.Running; // which told what the containers' runs were doing
            },
        };
        var outcome = await attempt.RunAsync();
        above = await parents.FinishAsync(run, above, stopping);
        return above.AddTo(run, outcome.ToReply(run, findings, meter, fresh, everyone, above, start, time.GetUtcNow()));
    }

    // A check has its own limit, which may be longer than a task is to wait: it goes on for those that come later.
    private async Task<FreshPolicies> FreshAsync(CancellationToken stopping)
    {
        var check = policies.GetFreshAsync();
        var limit = policiesOptions.Value.MaxWait > LeastPatience ? policiesOptions.Value.MaxWait : LeastPatience;
        try
        {
            return await check.WaitAsync(limit, time, stopping);
        }
        catch (TimeoutException) when (!check.IsCompleted)
        {
            throw new SyncException(SyncErrorCode.PoliciesUnavailable,
                $"the policies were still being read after {limit}; look whether the source or its file system hangs");
        }
    }

    // The object may live on under another name, with access that is to end now. Where that cannot be found out the run fails,
    // and a task that was made because something was due is made again.
    private async Task<RunReply> ForwardAsync(
        Run run, WriteFence fence, DateTimeOffset start, CallMeter meter, RunFindings findings, SyncException gone, CancellationToken stopping)
    {
        try
        {
            await renamed.ForwardAsync(run.Securable, fence.State, meter, stopping);
            return End(run, fence, start, meter, findings, gone);
        }
        catch (SyncException e)
        {
            return End(run, fence, start, meter, findings, e);
        }
    }

    private RunReply End(
        Run run, WriteFence fence, DateTimeOffset start, CallMeter meter, RunFindings findings, SyncException e) => new()
    {
        Phase = RunPhase.Done,
        IsTimed = fence.State.DueAt is not null,
        Result = Failure(run.Securable, start, time.GetUtcNow(), new ResultError(e.Code, e.Message)) with
        {
            Calls = meter.Calls,
            Changes = [.. findings.Changes.Take(ResourceResult.MaxListed)],
            ChangeCount = findings.Changes.Count,
        },
    };

    // Only a courtesy to the next writer: what cannot be closed is found open and waited out.
    private async Task LeaveAsync(WriteFence fence, RunFindings findings)
    {
        try
        {
            await fence.LeaveAsync(state => findings.Remember(state, time.GetUtcNow()));
        }
        catch (Exception e) when (e is SyncException or Orleans.Storage.InconsistentStateException)
        {
        }
    }
}
