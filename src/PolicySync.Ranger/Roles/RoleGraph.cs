using System.Collections.Frozen;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Roles;

/// <summary>Who is in which Ranger role, nested roles followed. Cycles are tolerated, as in Ranger.</summary>
public sealed class RoleGraph
{
    private const string PublicGroup = "public";

    private static readonly FrozenSet<string> NoRoles = [];

    private readonly FrozenDictionary<string, RangerRole> _roles;
    private readonly FrozenDictionary<string, string[]> _rolesOfUser;
    private readonly FrozenDictionary<string, string[]> _rolesOfGroup;
    private readonly FrozenDictionary<string, string[]> _containers;

    internal RoleGraph(RangerRoles? roles)
    {
        var named = roles?.Roles.Where(r => !string.IsNullOrEmpty(r.Name)).DistinctBy(r => r.Name).ToList() ?? [];
        _roles = named.ToFrozenDictionary(r => r.Name!, StringComparer.Ordinal);
        _rolesOfUser = RolesByMember(named, r => r.Users);
        _rolesOfGroup = RolesByMember(named, r => r.Groups);
        _containers = RolesByMember(named, r => r.Roles);
    }

    /// <summary>All roles of a user: by name, by a group, and by every role that contains one of those.</summary>
    /// <param name="user">User name, case-sensitive; null for no particular user.</param>
    /// <param name="groups">Groups of the user; <c>public</c> is added.</param>
    public IReadOnlySet<string> RolesOf(string? user, IEnumerable<string> groups)
    {
        if (_roles.Count == 0)
        {
            return NoRoles;
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        if (user is not null)
        {
            AddContainers(_rolesOfUser.GetValueOrDefault(user), found);
        }

        foreach (var group in groups)
        {
            AddContainers(_rolesOfGroup.GetValueOrDefault(group), found);
        }

        AddContainers(_rolesOfGroup.GetValueOrDefault(PublicGroup), found);
        return found;
    }

    /// <summary>
    /// The shortest way up to a role: the roles that contain each other, from one that lists the user or a group of it to
    /// <paramref name="role"/>, and that group. Null when there is no way.
    /// </summary>
    /// <param name="user">User name, case-sensitive; null for no particular user.</param>
    /// <param name="groups">Groups of the user; <c>public</c> is added.</param>
    /// <param name="role">The role.</param>
    public (string? Group, IReadOnlyList<string> Roles)? WayUp(string? user, IEnumerable<string> groups, string role)
    {
        var starts = (user is null ? [] : _rolesOfUser.GetValueOrDefault(user, []).Select(first => (Group: (string?)null, Role: first)))
            .Concat(groups.Append(PublicGroup).Order(StringComparer.Ordinal)
                .SelectMany(group => _rolesOfGroup.GetValueOrDefault(group, []).Select(first => (Group: (string?)group, Role: first))));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(string? Group, string[] Roles)>(starts.Select(start => (start.Group, (string[])[start.Role])));
        while (open.TryDequeue(out var way))
        {
            if (way.Roles[^1] == role)
            {
                return way;
            }

            if (seen.Add(way.Roles[^1]))
            {
                foreach (var container in _containers.GetValueOrDefault(way.Roles[^1], []))
                {
                    open.Enqueue((way.Group, [.. way.Roles, container]));
                }
            }
        }

        return null;
    }

    /// <summary>Users and groups of a role, and of every role that it contains; none for a role that does not exist.</summary>
    public (IReadOnlySet<string> Users, IReadOnlySet<string> Groups) MembersOf(string role)
    {
        var users = new HashSet<string>(StringComparer.Ordinal);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { role };
        var open = new Stack<string>(seen);
        while (open.TryPop(out var name))
        {
            if (!_roles.TryGetValue(name, out var found))
            {
                continue;
            }

            users.UnionWith(Names(found.Users));
            groups.UnionWith(Names(found.Groups));
            foreach (var contained in Names(found.Roles))
            {
                if (seen.Add(contained))
                {
                    open.Push(contained);
                }
            }
        }

        return (users, groups);
    }

    /// <summary>Whether Ranger knows the role.</summary>
    public bool Exists(string role) => _roles.ContainsKey(role);

    private void AddContainers(string[]? roles, HashSet<string> found)
    {
        var open = new Stack<string>(roles ?? []);
        while (open.TryPop(out var role))
        {
            if (found.Add(role))
            {
                foreach (var container in _containers.GetValueOrDefault(role, []))
                {
                    open.Push(container);
                }
            }
        }
    }

    private static FrozenDictionary<string, string[]> RolesByMember(
        List<RangerRole> roles, Func<RangerRole, List<RangerRoleMember>> members) =>
        roles
            .SelectMany(role => Names(members(role)).Select(member => (Member: member, Role: role.Name!)))
            .GroupBy(pair => pair.Member, pair => pair.Role, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);

    private static IEnumerable<string> Names(IEnumerable<RangerRoleMember> members) =>
        members.Select(m => m.Name).OfType<string>();
}
