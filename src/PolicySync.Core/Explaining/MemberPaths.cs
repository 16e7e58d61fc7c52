using PolicySync.Core.Desired;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation.Tracing;

namespace PolicySync.Core.Explaining;

/// <summary>How a principal belongs to the groups and roles that policies and grants name. The shortest way is shown.</summary>
/// <param name="policies">Roles, and Ranger's user store.</param>
/// <param name="directory">Groups of the workspace.</param>
/// <param name="principal">The principal.</param>
internal sealed class MemberPaths(PolicySnapshot policies, PrincipalSnapshot directory, Candidate principal)
{
    /// <summary>The way to what an item names; empty when the item names the principal itself or everyone.</summary>
    public IReadOnlyList<MemberLink> To(NamedBy by) => by switch
    {
        { Kind: NamedByKind.Group, Name: { } group } => ToGroup(group),
        { Kind: NamedByKind.Role, Name: { } role } => ToRole(role),
        _ => [],
    };

    /// <summary>The way to a group; empty when the principal is that group.</summary>
    public IReadOnlyList<MemberLink> ToGroup(string group) =>
        group is PrincipalKey.AccountUsers or NameMapper.Public ? (principal == new Candidate(PrincipalKey.AccountUsers, IsGroup: true) ? [] : [new(group, MemberSource.Everyone)])
        : directory.WayUp(principal.Name, principal.IsGroup, group) is { } way ? [.. way.Select(step => new MemberLink(step, MemberSource.Directory))]
        : IsInStore(group) ? [new(group, MemberSource.RangerUserStore)]
        : [];

    private IReadOnlyList<MemberLink> ToRole(string role)
    {
        var user = principal.IsGroup ? null : principal.Name;
        if (policies.Engine.Roles.WayUp(user, Groups, role) is { } way)
        {
            return [.. way.Group is { } group ? ToGroup(group) : [], .. way.Roles.Select(step => new MemberLink(step, MemberSource.RangerRole))];
        }

        return directory.KindOfGroup(role) == PrincipalKind.Group ? [.. ToGroup(role), new(role, MemberSource.RoleAsGroup)] : [];
    }

    private bool IsInStore(string group) => !principal.IsGroup && policies.RangerGroupsOf(principal.Name).Contains(group);

    private IEnumerable<string> Groups => principal.IsGroup
        ? directory.GroupsOfGroup(principal.Name).Append(principal.Name)
        : directory.GroupsOfUser(principal.Name).Concat(policies.RangerGroupsOf(principal.Name)).Append(PrincipalKey.AccountUsers);
}
