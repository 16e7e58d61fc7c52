using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Reading;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>What a run reports that did what it planned: its changes, what stays different from policy, the counts. Pure.</summary>
/// <param name="Plan">The last plan: of a writing run one without steps.</param>
/// <param name="Above">What was done about USE on the containers above, before the securable.</param>
internal sealed record RunReport(RunPlan Plan, ParentOutcome Above)
{
    /// <summary>The requests that a writing run would send; empty of a writing run.</summary>
    public IReadOnlyList<PlannedCall> PlannedCalls { get; init; } = [];

    /// <summary>Access against policy that the securable's own grants do not show.</summary>
    public IReadOnlyList<Gap> OutsideGaps { get; init; } = [];

    /// <summary>Of a dry run for a plan: whose access the changes alter. Null of any other run.</summary>
    public PlannedEffect? OnUsers { get; init; }

    private RunInputs Inputs => Plan.Inputs;

    /// <summary>The reply to the run's callers.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tracker">What the run changed and found.</param>
    /// <param name="above">What was done about USE on the containers above.</param>
    /// <param name="areStale">Whether the policies came from the cache, since their source did not answer.</param>
    /// <param name="start">When the run began.</param>
    /// <param name="end">When it ended.</param>
    public RunReply ToReply(
        Run run, ChangeTracker tracker, ParentOutcome above, bool areStale, DateTimeOffset start, DateTimeOffset end)
    {
        var changes = run.DryRun ? [.. Plan.Steps.SelectMany(step => step.Changes)] : tracker.Made;
        var gaps = GapsOf(run.Securable, above);
        return new RunReply
        {
            Phase = RunPhase.Done,
            StalePolicies = areStale,
            Effect = !run.IsForPlan ? null
                : run.DryRun ? PlannedEffects.Write((OnUsers ?? new PlannedEffect("")) with { Digest = PlannedChanges.DigestOf(Plan) })
                : PlannedEffects.None,
            IsTimed = Plan.Target.Desired.ValidUntil is not null,
            LapsedAt = run.LapsedAt,
            UseRemovalsPending = run.IsContainer && run.Scope is RunScope.Full or RunScope.UseAdditions && LeavesUse(run.Scope),
            Excess = run.IsContainer ? FindExcess() : [],
            Result = (new ResourceResult
            {
                Type = ResourceResult.TypeOf(run.Securable),
                FullName = run.Securable.FullName,
                Status = ResourceStatus.Success,
                Message = Summary(changes, run.DryRun) + Undropped(Plan.Guards?.Undropped ?? [])
                    + (tracker.Withdrawn is { } withdrawn ? $"; {withdrawn}" : ""),
                Changes = [.. changes.Take(ResourceResult.MaxListed)],
                ChangeCount = changes.Count,
                Gaps = [.. gaps.Take(ResourceResult.MaxListed)],
                GapCount = gaps.Count,
                Calls = run.Meter!.Calls,
                StartTime = start,
                EndTime = end,
                PolicyVersion = Inputs.Policies.Version,
                ValidUntil = Plan.Target.Desired.ValidUntil,
                ExternalChanges = [.. tracker.External.Take(ResourceResult.MaxListed)],
                ExternalChangeCount = tracker.External.Count,
                Drifted = run.DryRun && (changes.Count > 0 || tracker.IsTampered), // what others gave and the mode leaves is a gap, not drift
            }).WithPlannedCalls(PlannedCalls),
        };
    }

    /// <summary>What stays different from policy.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="above">What was done about USE on the containers above.</param>
    public IReadOnlyList<Gap> GapsOf(Securable securable, ParentOutcome above) =>
    [
        .. Plan.Gaps,
        .. GapsOfUse(above.UseGaps),
        .. OutsideAccess.GapsOf(above.Excess, Plan),
        .. OutsideGaps,
        .. Inputs.Policies.Warnings.GapsOf(securable),
    ];

    // A principal that is withheld USE above cannot reach what it is granted here. Others have nothing to reach.
    private IEnumerable<Gap> GapsOfUse(IReadOnlyList<(Securable Container, Gap Gap)> gaps)
    {
        if (gaps.Count == 0)
        {
            return [];
        }

        var directory = Inputs.Directory;
        var granted = Plan.Target.Desired.Grants.Where(grant => !Plan.Grants.Refuses(grant.Principal, grant.Privilege)).ToList();
        var names = granted.SelectMany(grant => new[] { grant.Principal, grant.SpelledAs }).OfType<string>().Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var groups = granted.SelectMany(grant => directory.GroupsOf(grant.Principal)).ToHashSet(StringComparer.Ordinal);
        bool Concerns(string name) => names.Contains(name) || groups.Contains(name)
            || (granted.Count > 0 && (name == PrincipalKey.AccountUsers || names.Contains(PrincipalKey.AccountUsers)))
            || directory.GroupsOf(name).Any(names.Contains);
        return gaps.Where(one => one.Gap.Principal is { } principal && Concerns(KeyOf(principal)))
            .Select(one => one.Gap with { Detail = $"on {one.Container}, which must be entered to use this: {one.Gap.Detail}" });
    }

    private static string KeyOf(string spelled) => spelled == NameMapper.Public ? PrincipalKey.AccountUsers : PrincipalKey.Of(spelled);

    private static string Summary(IReadOnlyList<ResourceChange> changes, bool isPlanned)
    {
        int Count(params ChangeAction[] actions) => changes.Count(change => actions.Contains(change.Action));
        var (granted, revoked) = (Count(ChangeAction.Grant), Count(ChangeAction.Revoke));
        var (set, dropped) = (Count(ChangeAction.SetFilter, ChangeAction.SetMask), Count(ChangeAction.DropFilter, ChangeAction.DropMask));
        return changes.Count == 0 ? "nothing to change"
            : isPlanned ? $"would grant {granted}, would revoke {revoked}" + (set + dropped > 0 ? $", would set {set} and drop {dropped} row filters or masks" : "")
            : $"granted {granted}, revoked {revoked}" + (set + dropped > 0 ? $", set {set} and dropped {dropped} row filters or masks" : "");
    }

    private static string Undropped(IReadOnlyList<string> functions) => functions.Count == 0 ? ""
        : $"; `{functions[0]}`{(functions.Count == 1 ? "" : $" and {functions.Count - 1} more functions of this service")}, which nothing uses any more, could not be dropped";

    private bool LeavesUse(RunScope scope) => Plan.LeavesWorkTo(scope == RunScope.Full ? PlanScope.AfterChildren : PlanScope.UseRemovalsOnly);

    // Grants that the container hands down against policy: reported for what lies below, which cannot change them.
    private List<ExcessGrant> FindExcess()
    {
        var owner = Inputs.Facts.Owner is { } name ? PrincipalKey.Of(name) : null;
        var known = Inputs.FindProtected();
        return
        [
            .. Plan.Current.Grants
                .Where(assignment => !assignment.IsDeletedPrincipal
                    && PrincipalKey.Of(assignment.Principal) is var key && key != owner && !known.Contains(key))
                .SelectMany(assignment => assignment.Privileges
                    .Where(privilege => PrivilegeMatrix.IsInheritable(privilege, Inputs.Securable.Type)
                        && !Plan.Target.Desired.Wants(assignment.Principal, privilege))
                    .Select(privilege => new ExcessGrant(Inputs.Securable, assignment.Principal, privilege)))
                .Take(OutsideAccess.MaxExcess),
        ];
    }
}
