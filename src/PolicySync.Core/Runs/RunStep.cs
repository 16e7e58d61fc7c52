using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Runs;

/// <summary>
/// One step of a run: writes that are made from one plan and belong together. After each step the run reads and plans again.
/// </summary>
public abstract record RunStep
{
    private RunStep()
    {
    }

    /// <summary>What the step changes, for people.</summary>
    public abstract IEnumerable<ResourceChange> Changes { get; }

    /// <summary>Changes direct grants.</summary>
    /// <param name="Grants">The part of the plan that the step carries out.</param>
    /// <param name="Parts">The single grants and revokes that Unity Catalog can refuse of it.</param>
    /// <param name="Patches">
    /// The same as PATCHes, in order: one, or two where Unity Catalog refuses a change that both adds and removes. The second is
    /// not planned again, since the read in between lacks what went along with a removed ALL_PRIVILEGES.
    /// </param>
    public sealed record ChangeGrants(GrantPlan Grants, IReadOnlyList<PlanPart> Parts, IReadOnlyList<GrantPlan> Patches) : RunStep
    {
        /// <summary>
        /// The row filter and masks that make it safe to grant SELECT; null when none have to be in force. They are read again
        /// right after such a grant, because others can drop the table and create it again in between.
        /// </summary>
        public GuardPlan? ReliesOn { get; init; }

        /// <inheritdoc/>
        public override IEnumerable<ResourceChange> Changes => Grants.ResourceChanges;
    }

    /// <summary>Changes a table's row filter and masks.</summary>
    /// <param name="Plan">The statements, in order.</param>
    public sealed record ChangeGuards(GuardPlan Plan) : RunStep
    {
        /// <inheritdoc/>
        public override IEnumerable<ResourceChange> Changes => Plan.Changes;
    }
}
