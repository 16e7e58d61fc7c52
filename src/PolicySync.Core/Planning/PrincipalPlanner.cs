using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>The share of one principal in a plan.</summary>
/// <param name="Plan">Its changes.</param>
/// <param name="Gaps">What stays different.</param>
/// <param name="Pairs">Managed privileges that it holds.</param>
/// <param name="Weighed">Revoked ones among them that count for the revoke limit.</param>
/// <param name="Foreign">Privileges that no policy wants and that others granted.</param>
internal sealed record PrincipalOutcome(
    PrincipalPlan Plan, IReadOnlyList<Gap> Gaps, int Pairs, int Weighed, IReadOnlyList<string> Foreign);

/// <summary>Compares what one principal should hold with what it holds.</summary>
internal sealed class PrincipalPlanner(PlanRequest request)
{
    private static readonly IReadOnlyDictionary<string, DesiredGrant> Nothing =
        new Dictionary<string, DesiredGrant>(StringComparer.Ordinal);

    private readonly HashSet<string> _protected = request.Protected
        .Concat(request.Facts.Owner is { Length: > 0 } owner ? [owner] : [])
        .Select(PrincipalKey.Of)
        .ToHashSet(StringComparer.Ordinal);

    private readonly HashSet<(string Principal, string Privilege)> _lapsed = request.Lapsed
        .Select(grant => (PrincipalKey.Of(grant.Principal), Privilege.Normalise(grant.Privilege, request.Facts.Securable.Type)))
        .ToHashSet();

    /// <summary>Null when the principal is not managed.</summary>
    public PrincipalOutcome? Plan(Holder holder, IReadOnlyDictionary<string, DesiredGrant>? desired)
    {
        if (!IsManaged(holder))
        {
            return null;
        }

        var wanted = desired ?? Nothing;
        var grants = request.Scope.Adds() ? Missing(holder, wanted) : [];
        var allStands = holder.HasAll || grants.Exists(grant => grant.Privilege == Privilege.AllPrivileges);
        var verdicts = Judge(holder, wanted, allStands);
        var revocations = verdicts.Where(verdict => verdict.MayRevoke && RemovesNow(holder, verdict.Privilege))
            .Select(verdict => verdict.ToRevocation()).ToList();
        var allGoes = revocations.Exists(revocation => revocation.Privilege == Privilege.AllPrivileges);
        var again = allGoes
            ? holder.Privileges.Where(Privilege.IsImpliedByAll).Except(revocations.Select(revocation => revocation.Privilege))
            : [];

        return new PrincipalOutcome(
            new PrincipalPlan(holder, grants, [.. again], revocations, Adopted(holder, wanted)),
            request.Scope.Reports() ? [.. Gaps(holder, verdicts, allGoes)] : [],
            verdicts.Count,
            verdicts.Count(verdict => verdict.MayRevoke && request.Scope.Weighs(verdict.Privilege)
                && !_lapsed.Contains((holder.Key, verdict.Privilege))),
            Foreign(holder, verdicts));
    }

    // Not those of the service and the owner, which stay in every mode, nor of a deleted principal, which reaches nothing.
    private IReadOnlyList<string> Foreign(Holder holder, List<Verdict> verdicts) =>
        !request.Scope.Reports() || request.Scope.IsUseOnly() || holder.IsDeleted || IsProtected(holder)
            ? []
            : [.. verdicts.Where(verdict => verdict is { IsUnwanted: true, Entry: null }).Select(verdict => verdict.Privilege)];

    private bool IsManaged(Holder holder) =>
        NameOf(holder) is not { } name || request.Managed.CoversPrincipal(name);

    private string? NameOf(Holder holder) => holder.IsDeleted ? request.Ledger.FormerNameOf(holder) : holder.Name;

    private bool IsProtected(Holder holder) =>
        !holder.IsDeleted && _protected.Contains(holder.Key);

    /// <summary>A deleted principal of unknown name may be one that is not managed: it is reported, not changed.</summary>
    private bool MayTouch(Holder holder) => holder.IsDeleted
        ? holder.PrincipalId is not null && (NameOf(holder) is not null || request.Managed.CoversNameless)
        : !IsProtected(holder);

    private List<DesiredGrant> Missing(Holder holder, IReadOnlyDictionary<string, DesiredGrant> wanted) =>
    [
        .. wanted.Values
            .Where(grant => Touches(grant.Privilege) && !holder.Privileges.Contains(grant.Privilege)
                && !IsGivenByAll(grant.Privilege, holder, wanted))
            .OrderBy(grant => grant.Privilege, StringComparer.Ordinal),
    ];

    /// <summary>
    /// ALL_PRIVILEGES is granted alone (specification §3.7). A USE-only run does not know whether it will stay, and may not grant
    /// it. Where it is granted it gives USE, and the full run would revoke a USE beside it.
    /// </summary>
    private bool IsGivenByAll(string privilege, Holder holder, IReadOnlyDictionary<string, DesiredGrant> wanted) =>
        Privilege.IsImpliedByAll(privilege)
        && (request.Scope.IsUseOnly() ? holder.HasAll : WantsAll(wanted));

    private List<DesiredGrant> Adopted(Holder holder, IReadOnlyDictionary<string, DesiredGrant> wanted) =>
        request.AdoptExisting && request.Scope.Adds()
            ? [.. wanted.Values
                .Where(grant => Touches(grant.Privilege) && holder.Privileges.Contains(grant.Privilege)
                    && request.Ledger.Find(holder, grant.Privilege) is null)
                .OrderBy(grant => grant.Privilege, StringComparer.Ordinal)]
            : [];

    private List<Verdict> Judge(Holder holder, IReadOnlyDictionary<string, DesiredGrant> wanted, bool allStands)
    {
        var verdicts = holder.Privileges.Where(request.Managed.CoversPrivilege)
            .Select(privilege => Judge(holder, privilege, wanted, allStands)).ToList();
        var all = verdicts.FindIndex(verdict => verdict.Privilege == Privilege.AllPrivileges);

        // Removing ALL_PRIVILEGES removes what was granted beside it, and a deleted principal cannot be granted that again.
        if (all >= 0 && holder.IsDeleted
            && holder.Privileges.Where(Privilege.IsImpliedByAll)
                .Except(verdicts.Where(verdict => verdict.MayRevoke).Select(verdict => verdict.Privilege)).Any())
        {
            verdicts[all] = verdicts[all] with { MayRevoke = false };
        }

        return verdicts;
    }

    private Verdict Judge(
        Holder holder, string privilege, IReadOnlyDictionary<string, DesiredGrant> wanted, bool allStands)
    {
        var entry = request.Ledger.Find(holder, privilege);
        var isSuperseded = WantsAll(wanted) && Privilege.IsImpliedByAll(privilege);
        // A part of a wanted MODIFY may stay if others granted it. The service's own is revoked, since it would outlive MODIFY.
        var isGiven = entry is null && Privilege.IsPartOfModify(privilege) && wanted.ContainsKey(Privilege.Modify);
        var isUnwanted = !isSuperseded && !isGiven && !wanted.ContainsKey(privilege);
        var mayRevoke = (isUnwanted || (isSuperseded && allStands))
            && request.Scope.Considers(privilege)
            && MayTouch(holder)
            && request.Mode switch
            {
                SyncMode.Additive => false,
                SyncMode.Exact when !request.Scope.IsUseOnly() => true,
                _ => entry is not null,
            };
        return new Verdict(privilege, entry, isUnwanted, isSuperseded, mayRevoke);
    }

    private IEnumerable<Gap> Gaps(Holder holder, List<Verdict> verdicts, bool allGoes)
    {
        foreach (var verdict in verdicts.Where(verdict => verdict.IsUnwanted && request.Scope.Considers(verdict.Privilege)))
        {
            if (!verdict.MayRevoke)
            {
                yield return PlanGaps.OfForeign(holder, verdict.Privilege, IsProtected(holder), request);
            }
            else if (holder.HasAll && !allGoes && Privilege.IsImpliedByAll(verdict.Privilege))
            {
                yield return PlanGaps.OfIneffective(holder, verdict.ToRevocation());
            }
        }
    }

    /// <summary>A deleted principal reaches no child any more: its USE need not outlive their grants.</summary>
    private bool RemovesNow(Holder holder, string privilege) =>
        request.Scope.Removes(privilege) || (holder.IsDeleted && request.Scope == PlanScope.BeforeChildren);

    private bool Touches(string privilege) =>
        request.Scope.Considers(privilege) && request.Managed.CoversPrivilege(privilege);

    private bool WantsAll(IReadOnlyDictionary<string, DesiredGrant> wanted) =>
        wanted.ContainsKey(Privilege.AllPrivileges) && request.Managed.CoversPrivilege(Privilege.AllPrivileges);

    private sealed record Verdict(
        string Privilege, LedgerEntry? Entry, bool IsUnwanted, bool IsSuperseded, bool MayRevoke)
    {
        public Revocation ToRevocation() => new(Privilege, Entry, IsSuperseded);
    }
}
