using PolicySync.Core.Guards;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Runs;

/// <summary>The changes of a run's plan as a set that can be compared. Which policies ask for them, and how these are numbered, is left aside.</summary>
public static class PlannedChanges
{
    /// <summary>The set; null when it is too large to be kept.</summary>
    public static string? DigestOf(RunPlan plan) => ChangeDigest.Of(Texts(plan).Select(pair => pair.Text));

    /// <summary>The first change of a plan that is not among those that are allowed; null when all are.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="allowed">The allowed changes, as <see cref="ChangeDigest"/>.</param>
    public static ResourceChange? FirstBeyond(RunPlan plan, string allowed) =>
        Texts(plan).FirstOrDefault(pair => !ChangeDigest.Covers(allowed, ChangeDigest.Of([pair.Text]))).Change;

    private static IEnumerable<(ResourceChange Change, string Text)> Texts(RunPlan plan) => plan.Steps.SelectMany(step => step switch
    {
        RunStep.ChangeGuards guards => guards.Plan.Changes.Select(change => (change, TextOf(plan, change, FunctionOf(guards.Plan, change)))),
        _ => step.Changes.Select(change => (change, TextOf(plan, change, function: null))),
    });

    private static string TextOf(RunPlan plan, ResourceChange change, string? function) => string.Join(
        '\n', plan.Inputs.Securable, plan.Inputs.Facts.Identity, WireNames.Of(change.Action),
        change.Principal is { } principal ? PrincipalKey.Of(principal) : null, change.Privilege, change.Column?.ToLowerInvariant(), function);

    // The name of a function is a hash of its content.
    private static string? FunctionOf(GuardPlan plan, ResourceChange change) => change.Action is ChangeAction.DropFilter or ChangeAction.DropMask ? null
        : plan.Guards.Slots.FirstOrDefault(slot => string.Equals(slot.Column?.Name, change.Column, StringComparison.OrdinalIgnoreCase))?.Function?.FullName;
}
