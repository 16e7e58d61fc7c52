using PolicySync.Core.Grants;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>A privilege to be revoked.</summary>
/// <param name="Privilege">The privilege.</param>
/// <param name="Entry">Its entry in the ledger; null when others granted it.</param>
/// <param name="IsSuperseded">True when ALL_PRIVILEGES, which is wanted instead, still gives it.</param>
internal sealed record Revocation(string Privilege, LedgerEntry? Entry, bool IsSuperseded);

/// <summary>The part of a plan that concerns one principal.</summary>
/// <param name="Holder">The principal, and what it holds now.</param>
/// <param name="Grants">What is granted, and recorded in the ledger.</param>
/// <param name="Again">
/// Privileges that go along with a removed ALL_PRIVILEGES and must stay: added again in the same change. They are not recorded
/// in the ledger.
/// </param>
/// <param name="Revocations">What is revoked.</param>
/// <param name="Adopted">Existing grants that policy wants and the service adopts without a change.</param>
internal sealed record PrincipalPlan(
    Holder Holder,
    IReadOnlyList<DesiredGrant> Grants,
    IReadOnlyList<string> Again,
    IReadOnlyList<Revocation> Revocations,
    IReadOnlyList<DesiredGrant> Adopted)
{
    public bool ChangesNothing => Grants.Count == 0 && Again.Count == 0 && Revocations.Count == 0;

    public bool AddsAll => Grants.Any(grant => grant.Privilege == Privilege.AllPrivileges);

    public PermissionChange ToChange() => new(
        Holder.Name,
        Holder.IsDeleted ? Holder.PrincipalId : null,
        [.. Grants.Select(grant => grant.Privilege).Concat(Again).Order(StringComparer.Ordinal)],
        [.. Revocations.Select(revocation => revocation.Privilege)]);

    public IEnumerable<ResourceChange> ToResourceChanges() => Grants
        .Select(grant => new ResourceChange(
            ChangeAction.Grant, Holder.Shown, grant.Privilege, null, grant.PolicyId, grant.PolicyName))
        .Concat(Revocations.Select(revocation => new ResourceChange(
            ChangeAction.Revoke,
            Holder.Shown,
            revocation.Privilege,
            null,
            revocation.Entry?.PolicyId,
            revocation.Entry?.PolicyName)));

    /// <summary>The single grants and revokes that can be refused.</summary>
    public IEnumerable<PlanPart> Parts => Revocations.Where(revocation => !(revocation.IsSuperseded && AddsAll))
        .Select(revocation => new PlanPart(Holder.Key, revocation.Privilege, Grants: false))
        .Concat(Grants.Select(grant => new PlanPart(Holder.Key, grant.Privilege, Grants: true)));

    /// <summary>Keeps nothing but <paramref name="parts"/>, and what is adopted, which changes nothing.</summary>
    public PrincipalPlan Only(IReadOnlySet<PlanPart> parts) => Without(part => !parts.Contains(part));

    /// <summary>Leaves out the parts that <paramref name="isLeft"/> names, and what belongs to them.</summary>
    public PrincipalPlan Without(Func<PlanPart, bool> isLeft)
    {
        List<DesiredGrant> grants = [.. Grants.Where(grant => !isLeft(new PlanPart(Holder.Key, grant.Privilege, Grants: true)))];
        var addsAll = grants.Exists(grant => grant.Privilege == Privilege.AllPrivileges);
        List<Revocation> revocations =
        [
            .. Revocations.Where(revocation => revocation.IsSuperseded && AddsAll
                ? addsAll
                : !isLeft(new PlanPart(Holder.Key, revocation.Privilege, Grants: false))),
        ];
        return this with
        {
            Grants = grants,
            Revocations = revocations,
            Again = revocations.Exists(revocation => revocation.Privilege == Privilege.AllPrivileges) ? Again : [],
        };
    }

    /// <summary>
    /// Leaves out the grant of <paramref name="privilege"/>. Without ALL_PRIVILEGES, the privileges that it would have superseded
    /// must stay, or the principal would lose access that policy gives.
    /// </summary>
    public PrincipalPlan WithoutGrantOf(string privilege) => this with
    {
        Grants = [.. Grants.Where(grant => grant.Privilege != privilege)],
        Revocations = privilege == Privilege.AllPrivileges
            ? [.. Revocations.Where(revocation => !revocation.IsSuperseded)]
            : Revocations,
    };
}
