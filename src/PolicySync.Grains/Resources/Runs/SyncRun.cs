using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Reports;
using PolicySync.Core.Runs;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Plans;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.Resources.Isolating;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Writing;
using PolicySync.Grains.Schedules;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>
/// Brings one securable in line with policy: plan, take the first step, and plan again until nothing is left to do
/// (docs/run-loop.md).
/// </summary>
/// <remarks>
/// One attempt; the runner makes another one after a failure that may pass. Between two writes lies a full read that began
/// after the first of them had ended.
/// <paramref name="stopping"/> ends everything; <paramref name="leaving"/> ends reads and waits between steps, also when no caller
/// wants the run any more.
/// </remarks>
internal sealed class SyncRun(
    Run run, RunPlanner planner, RunProgress progress, RunServices services, CancellationToken stopping, CancellationToken leaving)
{
    /// <summary>Steps in one attempt. A run that needs more competes with another party that undoes its changes.</summary>
    private const int MaxSteps = 20;

    /// <summary>How old a read may be for a plan that writes.</summary>
    private static readonly TimeSpan ReadLasts = TimeSpan.FromSeconds(5);

    private readonly FencedWriter _writer = new(run, planner.Fence, planner.Inputs.Facts.Identity, services, stopping);
    private DateTimeOffset? _due = planner.Fence.State.DueAt;
    private ParentOutcome _above = ParentOutcome.None;

    /// <summary>Runs to an end that is a report.</summary>
    /// <exception cref="SyncException">What kept the securable from being brought in line.</exception>
    public async Task<RunReport> RunAsync()
    {
        var plan = await BeginAsync();
        for (var steps = 0; !run.DryRun && plan.Steps.Count > 0; steps++)
        {
            if (steps == MaxSteps)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"grants on {run.Securable} differed from policy after each of {MaxSteps} changes: others change them at the same time");
            }

            leaving.ThrowIfCancellationRequested();
            await TakeAsync(plan, plan.Steps[0]);
            plan = await planner.PlanAsync();
            await SettleAuditAsync(plan);
            RequireAllowed(plan);
        }

        return await CloseAsync(plan);
    }

    // Nothing is written, here or above, before the first plan is known to be one that may be carried out.
    private async Task<RunPlan> BeginAsync()
    {
        await RememberDueAsync();
        var plan = await planner.PlanAsync();
        await SettleAuditAsync(plan);
        await CheckFirstReadAsync(plan);
        RequireAllowed(plan);
        _above = await services.Parents.PrepareAsync(run, stopping);
        leaving.ThrowIfCancellationRequested();
        run.Phase = RunPhase.Running; // until now it was that of the containers' runs
        if (plan.Steps.Count == 0 || services.Time.GetUtcNow() - plan.Current.ReadAt < ReadLasts)
        {
            return plan;
        }

        planner.Forget();
        plan = await planner.PlanAsync();
        RequireAllowed(plan);
        return plan;
    }

    // What an earlier attempt or a process that died has changed is told of by the first read that shows it.
    private Task SettleAuditAsync(RunPlan plan) => run.DryRun ? Task.CompletedTask : _writer.Audit.SettleAsync(plan, planner.Calls.GetTableAsync);

    // A plan that was agreed to is carried out as it was shown, or not at all. What is done already may be missing in what is left.
    private void RequireAllowed(RunPlan plan)
    {
        plan.RequireWithinLimit();
        if (run.Allowed is { } allowed && !ChangeDigest.Covers(allowed, PlannedChanges.DigestOf(plan)))
        {
            var cause = progress.Refusals.OfGuards is { } refusal ? $"a change of the plan was refused ({refusal})" : "grants or policies have moved since the plan was made";
            throw new SyncException(SyncErrorCode.PlanOutdated,
                $"{cause}: {run.Securable} would get a change that the plan does not have "
                + $"(`{PlannedChanges.FirstBeyond(plan, allowed) switch { { } change => PlanLines.Of(change), null => "more than can be compared" }}`); make a new plan");
        }
    }

    // Before any write: access that is to end is not given unless its end is remembered.
    private async Task RememberDueAsync()
    {
        if (Agenda.Concerns(run))
        {
            var known = _due;
            _due = planner.ValidUntil;
            await services.Agenda.RememberAsync(run, known, _due, leaving);
        }
    }

    // A grant that an answer left out by mistake would be dropped from the ledger, and never be revoked.
    private async Task CheckFirstReadAsync(RunPlan plan)
    {
        if (plan.Gone.Count > 0)
        {
            var again = await planner.Calls.GetGrantsAgainAsync();
            if (plan.Gone.FirstOrDefault(entry => again.Any(entry.IsShownBy)) is { } there)
            {
                throw new SyncException(SyncErrorCode.Unavailable,
                    $"databricks omitted {there.Privilege} of `{there.Principal}` on {run.Securable} from one answer about grants and shows it in another");
            }
        }

        if (run.Scope == RunScope.Full)
        {
            progress.Changes.AddExternal(ExternalChanges.Name(
                plan.Inputs.Facts, plan.Gone, plan.Grants.Foreign, plan.Inputs.Directory.Self?.Name));
            if (run.Candidate is null)
            {
                await services.Audit.TellAsync(run.Securable, plan.Inputs.Facts.Identity, progress.Changes.External, run.TaskId, leaving);
            }
        }
    }

    private async Task TakeAsync(RunPlan plan, RunStep step)
    {
        AccessIndexing.Doubt(_writer.State, run.Securable, AccessIndexing.RowsOf(plan, _writer.State, await services.Generation.GetAsync(stopping), services.Time.GetUtcNow()));
        switch (step)
        {
            case RunStep.ChangeGrants change:
                if (await WriteAsync(plan, change) is WriteResult.Refused { Refusal: var refusal })
                {
                    await new Isolation(progress, plan.Inputs.Directory, TryAsync).RunAsync(change.Parts, refusal);
                }

                break;
            case RunStep.ChangeGuards change:
                await WriteAsync(plan, change);
                break;
        }
    }

    private async Task<WriteResult> WriteAsync(RunPlan plan, RunStep.ChangeGrants step)
    {
        var writer = new GrantWriter(_writer, planner.Calls, progress.Changes, services.Time);
        var result = ThrowIfUnknown(await writer.WriteAsync(plan, step));
        if (result is WriteResult.Shown { Current: { } shown })
        {
            planner.Accept(shown);
        }
        else
        {
            planner.Forget();
        }

        return result;
    }

    // Sends a part of a change that was refused as a whole.
    private async Task<WriteResult> TryAsync(IReadOnlyList<PlanPart> parts)
    {
        var plan = await planner.PlanAsync();
        return plan.Only(parts, planner.Refusals) is { } step ? await WriteAsync(plan, step) : new WriteResult.Shown(); // others did it
    }

    private async Task WriteAsync(RunPlan plan, RunStep.ChangeGuards step)
    {
        var writer = new GuardWriter(_writer, planner.Guards, planner.Calls, progress.Changes, services.Settings, services.Time);
        WriteResult result;
        try
        {
            result = ThrowIfUnknown(await writer.WriteAsync(plan, step));
        }
        catch (SyncException e)
        {
            progress.Refusals.RecordGuardTrouble(e.Message);
            throw;
        }

        if (result is WriteResult.Refused { Refusal: var refusal })
        {
            progress.Refusals.RefuseGuards(refusal.Message);
        }

        await planner.ChangeTargetAsync((result as WriteResult.Shown)?.Table);
    }

    // The runner starts a new attempt: only new reads show whether the write took effect.
    private static WriteResult ThrowIfUnknown(WriteResult result) => result is WriteResult.Unknown { Fault: var fault } ? throw fault : result;

    private async Task<RunReport> CloseAsync(RunPlan plan)
    {
        var report = new RunReport(plan, _above)
        {
            PlannedCalls = run.DryRun ? [.. plan.Steps.SelectMany(planner.Calls.Describe)] : [],
            OutsideGaps = await planner.Outside.FindGapsAsync(plan),
            OnUsers = run.Candidate is null || plan.Grants.IsEmpty ? null : EffectOnUsers.Of(plan, await planner.Outside.GetInheritedAsync()),
        };
        if (!run.DryRun)
        {
            await RecordAsync(plan, report);
        }

        return report;
    }

    private async Task RecordAsync(RunPlan plan, RunReport report)
    {
        var now = services.Time.GetUtcNow();
        var hasNews = RecordContent(plan.Guards, _writer.State) || plan.Grants.Adopted.Count > 0 || plan.Gone.Count > 0;
        var ledger = plan.Ledger.WithIntent(plan.Grants, _writer.TaskId, now).AfterVerified(plan.Grants, plan.Current.Grants);
        // Without gaps of containers: those are told of the containers, and a run after the children does not see them.
        var gaps = run.Scope is RunScope.Full or RunScope.AfterChildren ? report.GapsOf(run.Securable, ParentOutcome.None) : null;
        var index = AccessIndexing.Compare(plan, ledger, gaps, _writer.State, await services.Generation.GetAsync(stopping), now);
        await _writer.IndexAsync(index);
        await _writer.CloseAsync(_due, hasNews || index.HasNews, state =>
        {
            state.Ledger = ledger;
            state.Seen = index.Next;
            progress.Refusals.Record(state, now);
        });
    }

    // Functions that earlier versions made were recorded without what they were made from.
    private static bool RecordContent(GuardPlan? guards, ResourceState state)
    {
        if (guards is null)
        {
            return false;
        }

        var known = state.GuardFunctions.Count(function => function.Content is not null);
        state.GuardFunctions = GuardFunctionState.AllOf(guards.KeptWithContent);
        return state.GuardFunctions.Count(function => function.Content is not null) > known;
    }
}
