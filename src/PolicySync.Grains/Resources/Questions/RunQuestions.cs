using PolicySync.Core.Errors;
using PolicySync.Core.Explaining;
using PolicySync.Core.Planning;
using PolicySync.Core.Reports;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Runs;

namespace PolicySync.Grains.Resources.Questions;

/// <summary>
/// Answers questions about a securable from the plan of a dry run: nothing is written, and the answer shows no state between two writes of
/// the service. Safe for concurrent use.
/// </summary>
internal sealed class RunQuestions(SecurableRecords records, GrainSettings settings, TimeProvider time)
{
    /// <summary>The reply to the question of a run.</summary>
    /// <param name="run">The dry run.</param>
    /// <param name="planner">Its planner, opened.</param>
    /// <param name="start">When the run began.</param>
    /// <param name="leaving">Ends reads.</param>
    public async Task<RunReply> AnswerAsync(Run run, RunPlanner planner, DateTimeOffset start, CancellationToken leaving)
    {
        var query = run.Access ?? QueryOf(run.Explain!, planner.Inputs);
        var plan = await planner.PlanAsync();
        var inherited = await planner.Outside.GetInheritedAsync();
        var report = new RunReport(plan, ParentOutcome.None) { OutsideGaps = await planner.Outside.FindGapsAsync(plan) };
        var known = new AccessRecords(
            await LedgersAsync(run.Securable, leaving),
            (planner.Fence.State.Seen?.Foreign ?? []).ToDictionary(grant => (grant.Principal, grant.Privilege), grant => grant.Since));
        var reporter = new AccessReporter(plan, inherited, known);
        var owners = reporter.NeedsOwners(query) ? await OwnersAsync(run.Securable, planner) : AccessReporter.NoOwners;
        var reply = report.ToReply(run, new ChangeTracker(), ParentOutcome.None, areStale: false, start, time.GetUtcNow());
        var gaps = report.GapsOf(run.Securable, ParentOutcome.None);
        var access = reporter.Answer(query, gaps, owners, run.Meter!.Calls);
        return run.Explain is not { } question ? reply with { Access = access }
            : reply with { Explanation = Explainer.Explain(ExplainInputs.Of(plan, gaps) with { Access = access }, question) };
    }

    private static AccessQuery QueryOf(ExplainQuestion question, RunInputs inputs) =>
        Explainer.FaultOf(question.Privilege, inputs.Facts, inputs.Policies) is { } fault
            ? throw new SyncException(SyncErrorCode.Unsupported, fault)
            : Explainer.QueryOf(question, inputs);

    private async Task<IReadOnlyDictionary<Securable, Ledger>> LedgersAsync(Securable securable, CancellationToken leaving)
    {
        var states = await Task.WhenAll(securable.Parents.Select(async parent =>
            (Parent: parent, State: await records.FindAsync(settings.Instance, parent, leaving))));
        return states.Where(known => known.State is not null).ToDictionary(known => known.Parent, known => known.State!.Ledger);
    }

    // The owner of a container needs no USE there. One that cannot be read is taken not to be a member of anything.
    private static async Task<IReadOnlyDictionary<Securable, string?>> OwnersAsync(Securable securable, RunPlanner planner)
    {
        var owners = new Dictionary<Securable, string?>();
        foreach (var container in securable.Parents)
        {
            try
            {
                owners[container] = (await planner.Calls.GetFactsAsync(container)).Owner;
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
            {
                owners[container] = null;
            }
        }

        return owners;
    }
}
