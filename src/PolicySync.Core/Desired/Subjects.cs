using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Principals as Ranger's engine asks for them, made once per run. Who gains by a grant to a group is Databricks'
/// transitive membership, so a group is asked as itself and every group that contains it, and a user as itself with
/// Databricks' transitive groups and those of Ranger's user store (specification §3.4).
/// </summary>
internal sealed class Subjects(PolicySnapshot policies, PrincipalSnapshot directory)
{
    private readonly Dictionary<string, Subject> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Subject> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlySet<string>?> _members = new(StringComparer.Ordinal);

    /// <summary>A user or service principal by its key.</summary>
    public Subject User(string key)
    {
        if (!_users.TryGetValue(key, out var subject))
        {
            var groups = directory.GroupsOf(key).Concat(policies.RangerGroupsOf(key))
                .Append(PrincipalKey.AccountUsers).ToHashSet(StringComparer.Ordinal);
            _users[key] = subject = new Subject(key, groups, policies.Engine.Roles.RolesOf(key, groups));
        }

        return subject;
    }

    /// <summary>A group by its name; <c>account users</c> stands for every user.</summary>
    public Subject Group(string name)
    {
        if (!_groups.TryGetValue(name, out var subject))
        {
            var groups = directory.GroupsOf(name).Append(name)
                .Append(PrincipalKey.AccountUsers).ToHashSet(StringComparer.Ordinal);
            _groups[name] = subject = new Subject(null, groups, policies.Engine.Roles.RolesOf(null, groups))
            {
                IsAnyUser = string.Equals(name, PrincipalKey.AccountUsers, StringComparison.Ordinal),
            };
        }

        return subject;
    }

    /// <summary>Keys of the users and service principals of a group; null when they are not known.</summary>
    public IReadOnlySet<string>? MembersOf(string group)
    {
        if (!_members.TryGetValue(group, out var members))
        {
            _members[group] = members = directory.MembersOf(group);
        }

        return members;
    }
}
