using PolicySync.Core.Grants;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>A privilege to be taken back.</summary>
/// <param name="Privilege">Which.</param>
/// <param name="Entry">What the ledger knows of it; null when others granted it.</param>
/// <param name="IsSuperseded">True when ALL_PRIVILEGES, which is wanted instead, goes on giving it.</param>
internal sealed record Revocation(string Privilege, LedgerEntry? Entry, bool IsSuperseded);

/// <summary>The part of a plan that concerns one principal.</summary>
/// <param name="Holder">Who, and what it holds now.</param>
/// <param name="Grants">What is to be granted and becomes ours.</param>
/// <param name="Again">
/// What stood beside an ALL_PRIVILEGES that goes, and must stay: to be added again in the same change, because Unity
/// Catalog takes it along. That does not make it ours.
/// </param>
/// <param name="Revocations">What is to be revoked.</param>
/// <param name="Adopted">What stands already, is wanted, and becomes ours without a change.</param>
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

    /// <summary>What can be refused of it, one by one.</summary>
    public IEnumerable<PlanPart> Parts => Revocations.Where(revocation => !(revocation.IsSuperseded && AddsAll))
        .Select(revocation => new PlanPart(Holder.Key, revocation.Privilege, Grants: false))
        .Concat(Grants.Select(grant => new PlanPart(Holder.Key, grant.Privilege, Grants: true)));

    /// <summary>The plan of nothing but <paramref name="parts"/>. What is adopted changes nothing and stays in it.</summary>
    public PrincipalPlan Only(IReadOnlySet<PlanPart> parts) => Without(part => !parts.Contains(part));

    /// <summary>The plan without the parts that <paramref name="isLeft"/> names, and without what belongs to them.</summary>
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
    /// The plan without granting <paramref name="privilege"/>. Without ALL_PRIVILEGES, what it would have superseded must
    /// stay, or the principal would lose access that policy gives.
    /// </summary>
    public PrincipalPlan WithoutGrantOf(string privilege) => this with
    {
        Grants = [.. Grants.Where(grant => grant.Privilege != privilege)],
        Revocations = privilege == Privilege.AllPrivileges
            ? [.. Revocations.Where(revocation => !revocation.IsSuperseded)]
            : Revocations,
    };
}
