using PolicySync.Core.Drift;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Runs;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Drift;

/// <summary>
/// What runs have to do with recorded differences: they record, delete and report them, and take grants of others as the service's own.
/// Shared by all runs of a silo.
/// </summary>
internal sealed class RunDrift(DriftNotes notes, TimeProvider time)
{
    /// <summary>Records what a run found or removed. The reply of a run that wrote nothing leaves out what is accepted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="planner">Its planner.</param>
    /// <param name="fence">The fence of its grain.</param>
    /// <param name="plan">Its last plan.</param>
    /// <param name="tracker">What it changed and found.</param>
    /// <param name="reply">Its reply.</param>
    /// <param name="stopping">Stops waiting for the storage.</param>
    public async Task<RunReply> NoteAsync(
        Run run, RunPlanner planner, WriteFence fence, RunPlan plan, ChangeTracker tracker, RunReply reply, CancellationToken stopping)
    {
        if (!DriftNotes.Concerns(run) || planner.Fence != fence)
        {
            return reply; // the state of an object that was renamed is not taken over by a dry run
        }

        // A sync that made changed functions again found them and left none.
        var isTampered = tracker.IsTampered && (run.DryRun || planner.Guards.DistrustsAny || planner.Refusals.OfGuards is not null);
        var finding = new DriftFinding(Found(plan, tracker, isTampered), reply.UseRemovalsPending);
        if (!run.DryRun)
        {
            await notes.DeleteRemovedAsync(run, fence, finding, stopping);
            return reply;
        }

        var ignored = await notes.RecordAsync(run, fence, finding, stopping);
        return ignored.Count == 0 ? reply : reply with { Result = Without(ignored, finding.Found, reply.Result!) };
    }

    /// <summary>Takes a grant of others as the service's own, where that has an effect.</summary>
    public async Task<RunReply> AdoptAsync(
        Run run, RunPlanner planner, WriteFence fence, FencedWriter writer, GrantAdoption adoption, ChangeTracker tracker, CancellationToken stopping)
    {
        var plan = await planner.PlanAsync();
        var foreign = Foreign(plan).FirstOrDefault(gap => gap.Principal == adoption.Principal && gap.Privilege == adoption.Privilege);
        var ledger = foreign is null ? null : plan.Ledger.WithAdopted(
            plan.Inputs.Facts, plan.Current.Grants, adoption.Principal, adoption.Privilege, adoption.By, time.GetUtcNow());
        if (ledger is null)
        {
            return Refused($"{run.Securable} has no {adoption.Privilege} of `{adoption.Principal}` that others granted and no policy wants; verify it again");
        }

        if (planner.Fence != fence)
        {
            return Refused($"{run.Securable} was renamed and not synced since; sync it first");
        }

        var before = fence.State.Ledger;
        fence.State.Ledger = ledger;
        var then = await planner.PlanAsync();
        if (Foreign(then).FirstOrDefault(gap => gap.Principal == adoption.Principal && gap.Privilege == adoption.Privilege) is { } still)
        {
            fence.State.Ledger = before;
            return Refused($"a sync would leave the grant also if it were this service's own: {still.Detail}");
        }

        await writer.CloseAsync(fence.State.DueAt, hasNews: true, state => state.Ledger = ledger);
        await notes.RecordAdoptionAsync(
            run, fence, new DriftFinding(Found(then, tracker, tracker.IsTampered), LeavesUse: true),
            new Difference(DriftKind.Foreign, null, adoption.Principal, adoption.Privilege, null), adoption.By, stopping);
        return Reply(run, adopted: true, $"took {adoption.Privilege} of `{adoption.Principal}` as this service's own");

        RunReply Refused(string why) => Reply(run, adopted: false, why);
    }

    private static RunReply Reply(Run run, bool adopted, string message) => new()
    {
        Phase = RunPhase.Done,
        Adopted = adopted,
        Result = new ResourceResult
        {
            Type = ResourceResult.TypeOf(run.Securable), FullName = run.Securable.FullName, Status = ResourceStatus.Success, Message = message,
        },
    };

    // The last plan of a writing run has no step: what it could not do is a gap.
    private static List<Difference> Found(RunPlan plan, ChangeTracker tracker, bool isTampered)
    {
        var changes = plan.Steps.SelectMany(step => step.Changes).Select(Difference.Of).ToList();
        if (isTampered)
        {
            changes.Add(Difference.OfFunctions);
        }

        var foreign = Foreign(plan).Select(gap => new Difference(DriftKind.Foreign, null, gap.Principal, gap.Privilege, null));
        return [.. changes.Concat(foreign).DistinctBy(difference => difference.Key, StringComparer.Ordinal).Select(difference => WithAuthor(difference, tracker.External))];
    }

    private static IEnumerable<Gap> Foreign(RunPlan plan) =>
        plan.Grants.Gaps.Where(gap => gap is { Code: GapCode.ForeignGrant, Principal: not null, Privilege: not null });

    private static Difference WithAuthor(Difference difference, IReadOnlyList<ExternalChange> external)
    {
        var others = difference.Action == ChangeAction.Grant ? ChangeAction.Revoke : ChangeAction.Grant;
        return difference.Principal is { } principal && external.FirstOrDefault(change => change.By is not null && change.Action == others
            && change.Privilege == difference.Privilege && PrincipalKey.Of(change.Principal) == PrincipalKey.Of(principal)) is { } made
            ? difference with { ChangedBy = made.By, ChangedAt = made.At }
            : difference;
    }

    private static ResourceResult Without(IReadOnlySet<string> ignored, IReadOnlyList<Difference> found, ResourceResult result)
    {
        var left = result.Gaps.Where(gap => gap is not { Code: GapCode.ForeignGrant, Principal: { } principal, Privilege: { } privilege }
            || !ignored.Contains(new Difference(DriftKind.Foreign, null, principal, privilege, null).Key)).ToList();
        var count = found.Count(difference => ignored.Contains(difference.Key));
        return result with
        {
            Gaps = left,
            GapCount = result.GapCount - (result.Gaps.Count - left.Count),
            Drifted = found.Any(difference => difference.Kind == DriftKind.Drift && !ignored.Contains(difference.Key)),
            Message = count == 0 ? result.Message : $"{result.Message}; {count} of the differences {(count == 1 ? "is" : "are")} ignored",
        };
    }
}
