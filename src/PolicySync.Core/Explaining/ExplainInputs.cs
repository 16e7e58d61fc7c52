using PolicySync.Core.Desired;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Reports;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Explaining;

/// <summary>What an explanation is made from: the inputs and the outcome of one dry run on the securable.</summary>
/// <param name="Inputs">Policies and what they are evaluated with.</param>
/// <param name="Facts">The securable.</param>
/// <param name="Desired">What policy wants.</param>
/// <param name="Gaps">What stays different from policy.</param>
public sealed record ExplainInputs(PolicyInputs Inputs, SecurableFacts Facts, DesiredState Desired, IReadOnlyList<Gap> Gaps)
{
    /// <summary>The row filter and masks that policy wants of a table; null where none can be set.</summary>
    public TableGuards? Guards { get; init; }

    /// <summary>Whether row filters and masks are set on tables at all.</summary>
    public bool GuardsTables { get; init; }

    /// <summary>What the principal of the question has in Unity Catalog of the privilege; null when that was not asked.</summary>
    public AccessReport? Access { get; init; }

    /// <summary>Those of a run.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="gaps">All gaps that it reports.</param>
    public static ExplainInputs Of(RunPlan plan, IReadOnlyList<Gap> gaps) =>
        new(plan.Inputs.PolicyInputs, plan.Inputs.Facts, plan.Target.Desired, gaps)
        {
            Guards = plan.Target.Guards, GuardsTables = plan.Inputs.Options.SetsGuards,
        };
}
