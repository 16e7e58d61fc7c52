using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;

namespace PolicySync.Core.Desired;

/// <summary>The grants of one securable, one per principal and privilege.</summary>
internal sealed class GrantSet(DesiredContext context)
{
    private readonly Dictionary<(string Key, string Privilege), DesiredGrant> _grants = [];

    public IReadOnlyCollection<DesiredGrant> All => _grants.Values;

    public IReadOnlyList<DesiredGrant> Sorted =>
    [
        .. _grants.Values.OrderBy(grant => grant.Principal, StringComparer.Ordinal).ThenBy(grant => grant.Privilege, StringComparer.Ordinal),
    ];

    public void Add(Candidate holder, string accessType, Decision decision)
    {
        var privilege = Privilege.Normalise(accessType, context.Type);
        var name = NameOf(holder);
        _grants.TryAdd((PrincipalKey.Of(name), privilege), new DesiredGrant(
            name, privilege, decision.PolicyId, decision.PolicyName,
            context.Candidates.Spelled(holder, decision.PolicyId) is var spelled && spelled != name ? spelled : null));
    }

    /// <summary>Whether the principal gets the privilege, directly or through a group.</summary>
    public bool Reaches(Candidate principal, string accessType)
    {
        var privilege = Privilege.Normalise(accessType, context.Type);
        return Has(principal.Name, privilege) || context.GroupsOver(principal).Any(group => Has(group, privilege));
    }

    /// <summary>Removes grants and returns them.</summary>
    public IReadOnlyList<DesiredGrant> RemoveWhere(Func<DesiredGrant, bool> predicate)
    {
        var removed = _grants.Where(pair => predicate(pair.Value)).ToList();
        removed.ForEach(pair => _grants.Remove(pair.Key));
        return [.. removed.Select(pair => pair.Value)];
    }

    /// <summary>Removes grants that ALL_PRIVILEGES or MODIFY of the same principal implies.</summary>
    public void DropImplied() => RemoveWhere(grant => IsImplied(grant.Principal, grant.Privilege));

    private bool Has(string principal, string privilege) =>
        _grants.ContainsKey((PrincipalKey.Of(principal), privilege)) || IsImplied(principal, privilege);

    private bool IsImplied(string principal, string privilege) =>
        (Privilege.IsImpliedByAll(privilege) && _grants.ContainsKey((PrincipalKey.Of(principal), Privilege.AllPrivileges)))
        || (Privilege.IsPartOfModify(privilege) && _grants.ContainsKey((PrincipalKey.Of(principal), Privilege.Modify)));

    private string NameOf(Candidate holder) =>
        holder.IsGroup ? holder.Name
        : context.Directory.KindOfUser(holder.Name) != PrincipalKind.Unknown ? context.Directory.StoredName(holder.Name)
        : context.Policies.Names.Sendable(holder.Name);
}
