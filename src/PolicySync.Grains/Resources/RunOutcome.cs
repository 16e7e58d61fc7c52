using PolicySync.Core.Desired;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Resources;

/// <summary>What an attempt ended with that did what it planned, and what its callers are told of it. Pure.</summary>
/// <param name="Request">The last plan's input, with what stands on the securable now.</param>
/// <param name="Desired">What policy wants.</param>
/// <param name="Plan">The last plan.</param>
internal sealed record RunOutcome(PlanRequest Request, DesiredState Desired, GrantPlan Plan)
{
    /// <summary>Grants on a container that are named to the securables below it.</summary>
    private const int MaxExcess = 200;

    /// <summary>Of a dry run, what a writing one would send.</summary>
    public IReadOnlyList<PlannedCall> Planned { get; init; } = [];

    /// <summary>Of a dry run, grants on containers that the task does not look at otherwise, and that policy does not want there.</summary>
    public IReadOnlyList<ExcessGrant> Inherited { get; init; } = [];

    /// <summary>Why these could not be read; null when they were, or need not be.</summary>
    public string? InheritedFault { get; init; }

    /// <summary>Of a dry run on a container, the attribute-based policies that are attached to it and give privileges.</summary>
    public IReadOnlyList<GrantPolicy> GrantPolicies { get; init; } = [];

    /// <summary>Why these could not be read; null when they were, or need not be.</summary>
    public string? GrantPoliciesFault { get; init; }

    /// <summary>What a dry run would do about row filters and masks; null when nothing.</summary>
    public GuardPlan? Guards { get; init; }

    /// <summary>Who reads the table in the clear since no row filter or mask restricts them.</summary>
    public IReadOnlyList<Gap> Admins { get; init; } = [];

    private SecurableFacts Facts => Request.Facts;

    private bool IsContainer => Facts.Securable.Type.IsContainer();

    public RunReply ToReply(
        Run run, RunFindings findings, CallMeter meter, FreshPolicies policies, PrincipalSnapshot directory,
        ParentOutcome parents, DateTimeOffset start, DateTimeOffset end)
    {
        var above = parents.Excess;
        var gaps = OfDesired().Concat(OfUseAbove(parents.UseGaps, directory)).Concat(Plan.Gaps)
            .Concat(ExposedFrom([.. above, .. Inherited.Take(MaxExcess)])).Concat(OfInherited()).Concat(OfGrantPolicies())
            .Concat(OfGuards(findings.GuardFault)).Concat(findings.GuardGaps).Concat(Admins).Concat(policies.Snapshot.Warnings.GapsOf(run.Securable)).ToList();
        var changes = run.DryRun ? [.. Plan.ResourceChanges, .. Guards?.Changes ?? []] : findings.Changes;
        return new RunReply
        {
            Phase = RunPhase.Done,
            StalePolicies = policies.IsStale,
            IsTimed = Desired.ValidUntil is not null,
            LapsedAt = run.LapsedAt,
            UseRemovalsPending = IsContainer && run.Scope is RunScope.Full or RunScope.UseAdditions && LeavesUse(run.Scope),
            Excess = IsContainer ? Excess() : [],
            Result = (new ResourceResult
            {
                Type = ResourceResult.TypeOf(run.Securable),
                FullName = run.Securable.FullName,
                Status = ResourceStatus.Success,
                Message = Summary(changes, run.DryRun) + Left(findings.Undropped) + (findings.Withdrawn is { } withdrawn ? $"; {withdrawn}" : ""),
                Changes = [.. changes.Take(ResourceResult.MaxListed)],
                ChangeCount = changes.Count,
                Gaps = [.. gaps.Take(ResourceResult.MaxListed)],
                GapCount = gaps.Count,
                Calls = meter.Calls,
                StartTime = start,
                EndTime = end,
                PolicyVersion = policies.Snapshot.Version,
                ValidUntil = Desired.ValidUntil,
                ExternalChanges = [.. findings.External.Take(ResourceResult.MaxListed)],
                ExternalChangeCount = findings.External.Count,
                Drifted = run.DryRun && (changes.Count > 0 || Plan.Foreign.Count > 0 || findings.IsTampered),
            }).WithPlannedCalls(Planned),
        };
    }

    // What is not granted, as the server refuses it, hands nothing down.
    private IEnumerable<Gap> OfDesired()
    {
        var refused = Desired.Grants.Where(grant => Plan.Refuses(grant.Principal, grant.Privilege))
            .Select(grant => ((string?)(grant.SpelledAs ?? grant.Principal), (string?)grant.Privilege)).ToHashSet();
        return Desired.Gaps.Where(gap => gap is not { Code: GapCode.InheritedAccess, Direction: GapDirection.Exposed }
            || !refused.Contains((gap.Principal, gap.Privilege)));
    }

    // Whoever is withheld USE above cannot reach what it is granted here. Of those alone, as others have nothing to reach.
    private IEnumerable<Gap> OfUseAbove(IReadOnlyList<(Securable Container, Gap Gap)> gaps, PrincipalSnapshot directory)
    {
        if (gaps.Count == 0)
        {
            return [];
        }

        var granted = Desired.Grants.Where(grant => !Plan.Refuses(grant.Principal, grant.Privilege)).ToList();
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

    private IEnumerable<Gap> OfInherited() => InheritedFault is null ? [] :
    [
        new Gap(GapCode.InheritedAccess, GapDirection.Exposed, null, null,
            $"whether containers above {Facts.Securable} give more than policy could not be read: {InheritedFault}", null),
    ];

    // What one of them gives depends on tags below, which are not looked at: told unless policy gives it on the whole container.
    private IEnumerable<Gap> OfGrantPolicies() => GrantPoliciesFault is { } fault
        ? [new Gap(GapCode.ForeignPolicy, GapDirection.Exposed, null, null,
            $"whether attribute-based policies on {Facts.Securable} give more than policy could not be read: {fault}", null)]
        : from policy in GrantPolicies
            from principal in policy.Principals
            from privilege in policy.Privileges
            where !Desired.Wants(principal, privilege)
            select new Gap(GapCode.ForeignPolicy, GapDirection.Exposed, principal, privilege,
                $"the attribute-based policy `{policy.Name}` on {policy.Container} gives it on what lies there and meets its condition; "
                + "drop that policy, or name the principal in a Ranger policy", null);

    private static string Left(IReadOnlyList<string> functions) => functions.Count == 0 ? ""
        : $"; `{functions[0]}`{(functions.Count == 1 ? "" : $" and {functions.Count - 1} more functions of ours")}, which nothing needs any more, could not be dropped";

    private static IEnumerable<Gap> OfGuards(string? fault) => fault is null ? [] :
    [
        new Gap(GapCode.GuardUnavailable, GapDirection.Withheld, null, "SELECT",
            $"row filters and masks could not be brought in line with policy, so they stand as they did: {fault}", null),
    ];

    private bool LeavesUse(RunScope scope) => !GrantPlanner.Plan(Request with
    {
        AllowRevoke = true,
        Scope = scope == RunScope.Full ? PlanScope.AfterChildren : PlanScope.UseRemovalsOnly,
    }).IsEmpty;

    // What a container hands down and policy does not want there: named to what lies below, which cannot change it.
    private List<ExcessGrant> Excess()
    {
        var owner = Facts.Owner is { } name ? PrincipalKey.Of(name) : null;
        return
        [
            .. Request.Current
                .Where(assignment => !assignment.IsDeletedPrincipal
                    && PrincipalKey.Of(assignment.Principal) is var key && key != owner && !Request.Protected.Contains(key))
                .SelectMany(assignment => assignment.Privileges
                    .Where(privilege => PrivilegeMatrix.IsInheritable(privilege, Facts.Securable.Type)
                        && !Desired.Wants(assignment.Principal, privilege))
                    .Select(privilege => new ExcessGrant(Facts.Securable, assignment.Principal, privilege)))
                .Take(MaxExcess),
        ];
    }

    private IEnumerable<Gap> ExposedFrom(IReadOnlyList<ExcessGrant> above) => above
        .Where(excess => PrivilegeMatrix.Of(Facts.Securable.Type, Facts.Kind, excess.Privilege) != Applicability.NotApplicable
            && !Desired.Wants(excess.Principal, excess.Privilege))
        .Select(excess => new Gap(GapCode.InheritedAccess, GapDirection.Exposed, excess.Principal, excess.Privilege,
            $"{excess.Container} grants it and hands it down; sync {excess.Container} to have it looked at", null));
}
