using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>
/// The changes that one PATCH makes on a securable, the policies that asked for them, and what stays different from policy.
/// Immutable, and independent of the order of its input.
/// </summary>
public sealed class GrantPlan
{
    private readonly IReadOnlyList<(string Key, string Privilege)> _refused;

    internal GrantPlan(
        SecurableFacts facts,
        IReadOnlyList<PrincipalPlan> principals,
        IReadOnlyList<Gap> gaps,
        RevokeLimit revokeLimit,
        IReadOnlyList<(string Key, string Privilege)>? refused = null)
    {
        Facts = facts;
        Principals = principals;
        Gaps = gaps;
        RevokeLimit = revokeLimit;
        _refused = refused ?? [];
        Changes = [.. Changing.Select(principal => principal.ToChange())];
        ResourceChanges = [.. Changing.SelectMany(principal => principal.ToResourceChanges())];
        Adopted = [.. principals.SelectMany(principal => principal.Adopted)];
    }

    /// <summary>The securable.</summary>
    public SecurableFacts Facts { get; }

    /// <summary>The PATCH: one element per principal, sorted by principal.</summary>
    public IReadOnlyList<PermissionChange> Changes { get; }

    /// <summary>
    /// The same for people, each with the policy that asked for it; for a revoke, the policy that had asked for the grant.
    /// A privilege that is only added again beside a removed ALL_PRIVILEGES does not change and is not listed.
    /// </summary>
    public IReadOnlyList<ResourceChange> ResourceChanges { get; }

    /// <summary>Differences from policy that the plan leaves, sorted by principal and privilege.</summary>
    public IReadOnlyList<Gap> Gaps { get; }

    /// <summary>Existing grants that the service adopts without a change; the ledger has to be written for them.</summary>
    public IReadOnlyList<DesiredGrant> Adopted { get; }

    /// <summary>
    /// Grants that others made and no policy wants, sorted by principal and privilege. The mode decides whether the plan revokes
    /// them.
    /// </summary>
    public IReadOnlyList<(string Principal, string Privilege)> Foreign { get; init; } = [];

    /// <summary>Whether the plan revokes more than one run may.</summary>
    public RevokeLimit RevokeLimit { get; }

    /// <summary>Whether a grant was left out because the server refuses it.</summary>
    public bool Refuses(string principal, string privilege) => _refused.Contains((PrincipalKey.Of(principal), privilege));

    /// <summary>Whether the plan lets a principal read the securable.</summary>
    public bool GrantsSelect => Changes.Any(change => change.Add.Any(privilege => privilege is Privilege.Select or Privilege.AllPrivileges));

    /// <summary>True when there is nothing to send.</summary>
    public bool IsEmpty => Changes.Count == 0;

    /// <summary>Keys of the principals that the PATCH names, in its order.</summary>
    public IEnumerable<string> PrincipalKeys => Changing.Select(principal => principal.Holder.Key);

    internal IReadOnlyList<PrincipalPlan> Principals { get; }

    /// <summary>Ledger entries that go when the plan is verified: revoked, or refused by the server.</summary>
    internal IEnumerable<(string Key, string Privilege)> Released => Principals
        .SelectMany(principal => principal.Revocations
            .Select(revocation => (principal.Holder.Key, revocation.Privilege)))
        .Concat(_refused);

    private IEnumerable<PrincipalPlan> Changing => Principals.Where(principal => !principal.ChangesNothing);

    /// <summary>
    /// Whether <paramref name="read"/> shows the plan as done: additions are there, removals are not. An added ALL_PRIVILEGES may
    /// show as the privileges that it implies (terraform-provider-databricks issue 3450).
    /// </summary>
    public bool Shows(IReadOnlyList<Assignment> read)
    {
        var holders = Holder.AllIn(read, Facts.Securable.Type);
        return Changing.All(principal => Shows(
            principal, holders.GetValueOrDefault(principal.Holder.Key)?.Privileges ?? Holder.Nothing));
    }

    /// <summary>Keys of the principals that the PATCH names and that hold nothing in the read.</summary>
    public IEnumerable<string> NewPrincipalKeys =>
        Changing.Where(principal => principal.Holder.Privileges.Count == 0).Select(principal => principal.Holder.Key);

    /// <summary>
    /// Leaves out one principal, because the server does not know it; each of its changes becomes a gap. Returns the same plan
    /// when it does not change that principal.
    /// </summary>
    /// <param name="principalKey">Its <see cref="PrincipalKey"/>.</param>
    /// <param name="kind">Its kind in the directory, from which the gap's reason follows.</param>
    public GrantPlan Without(string principalKey, PrincipalKind kind = PrincipalKind.Unknown)
    {
        var left = Changing.Where(principal => principal.Holder.Key == principalKey).ToList();
        return left.Count == 0 ? this : With(
            Principals.Where(principal => principal.Holder.Key != principalKey),
            left.SelectMany(principal => PlanGaps.OfUnknown(principal, kind)),
            left.SelectMany(principal => principal.Grants.Select(grant => (principalKey, grant.Privilege))));
    }

    /// <summary>
    /// Leaves out grants of <paramref name="privilege"/>, because the server says that this securable does not have it; each such
    /// grant becomes a gap. Returns the same plan when it does not grant it: the refusal then has another cause.
    /// </summary>
    public GrantPlan WithoutPrivilege(string privilege)
    {
        var name = Privilege.Normalise(privilege, Facts.Securable.Type);
        var refused = Changing.Where(principal => principal.Grants.Any(grant => grant.Privilege == name)).ToList();
        return refused.Count == 0 ? this : With(
            Principals.Select(principal => principal.WithoutGrantOf(name)),
            refused.Select(principal => PlanGaps.OfInapplicable(principal, name, Facts)),
            refused.Select(principal => (principal.Holder.Key, name)));
    }

    /// <summary>
    /// The plan in PATCHes of which none both adds and removes: for a server that refuses a change which does both
    /// ("Duplicate privileges to add and delete", reference unity-catalog.md §0.2). One PATCH where that is all.
    /// </summary>
    public IReadOnlyList<GrantPlan> SplitRemoveThenAdd() =>
    [
        .. new[]
        {
            With(Principals.Select(principal => principal with { Grants = [], Again = [] })),
            With(Principals.Select(principal => principal with { Revocations = [] })),
        }.Where(half => !half.IsEmpty),
    ];

    /// <summary>
    /// The single grants and revokes of the plan, sorted by privilege and principal. A privilege that ALL_PRIVILEGES supersedes
    /// goes with its grant and is no part of its own: revoked alone, access that policy gives would be lost.
    /// </summary>
    public IReadOnlyList<PlanPart> Parts =>
    [
        .. Changing.SelectMany(principal => principal.Parts)
            .OrderBy(part => part.Privilege, StringComparer.Ordinal).ThenBy(part => part.Principal, StringComparer.Ordinal),
    ];

    /// <summary>Keeps nothing but <paramref name="parts"/>, for a server that refuses the whole.</summary>
    public GrantPlan Only(IReadOnlySet<PlanPart> parts) => With(Principals.Select(principal => principal.Only(parts)));

    /// <summary>Leaves out parts that the server refuses; each becomes a gap.</summary>
    /// <param name="refused">Why each is refused, for people.</param>
    public GrantPlan Without(IReadOnlyDictionary<PlanPart, string> refused)
    {
        var left = Changing
            .SelectMany(principal => principal.Parts.Where(refused.ContainsKey).Select(part => (Principal: principal, Part: part))).ToList();
        return left.Count == 0 ? this : With(
            Principals.Select(principal => principal.Without(part => refused.ContainsKey(part))),
            left.Select(one => PlanGaps.OfRefused(one.Principal, one.Part, Facts, refused[one.Part])),
            left.Where(one => one.Part.Grants).Select(one => (one.Part.Principal, one.Part.Privilege)));
    }

    /// <summary>
    /// The revokes of the plan, for a table whose row filter or masks change before anything is granted. A privilege that
    /// goes along with a removed ALL_PRIVILEGES and must stay is added again in the same change.
    /// </summary>
    public GrantPlan RevokesOnly() => With(Principals.Select(principal => principal with { Grants = [] }));

    /// <summary>The grants of the plan, to be sent once <see cref="RevokesOnly"/> has taken effect.</summary>
    public GrantPlan GrantsOnly() => With(Principals.Select(principal => principal with { Again = [], Revocations = [] }));

    private GrantPlan With(
        IEnumerable<PrincipalPlan> principals, IEnumerable<Gap>? gaps = null, IEnumerable<(string, string)>? refused = null) =>
        new(Facts, [.. principals], gaps is null ? Gaps : PlanGaps.Sorted(Gaps.Concat(gaps)), RevokeLimit, [.. _refused, .. refused ?? []])
        {
            Foreign = Foreign,
        };

    private bool Shows(PrincipalPlan principal, IReadOnlySet<string> held)
    {
        var change = principal.ToChange();
        var expanded = principal.AddsAll && !held.Contains(Privilege.AllPrivileges)
            && PrivilegeMatrix.IsExpansionOfAll(Facts.Securable.Type, Facts.Kind, held);
        return change.Add.All(name => held.Contains(name) || (expanded && name == Privilege.AllPrivileges))
            && change.Remove.All(name => !held.Contains(name) || (expanded && Privilege.IsImpliedByAll(name)));
    }
}
