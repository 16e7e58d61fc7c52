using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Account groups that the same items name: being in any of them means the same.</summary>
/// <param name="Names">Their names, sorted; they can be asked for when somebody reads.</param>
internal sealed record NamedGroups(IReadOnlyList<string> Names);

/// <summary>Users whom the same items name, themselves or by groups that cannot be asked for when somebody reads.</summary>
/// <param name="Users">Their keys, sorted.</param>
/// <param name="Groups">Those groups, for the first of them.</param>
internal sealed record NamedUsers(IReadOnlyList<string> Users, IReadOnlyList<string> Groups);

/// <summary>
/// Sorts out whom items name, by the items that do: to policies, those whom the same items name are alike. As in
/// <see cref="GuardWhoFinder"/>, account groups are asked by name when somebody reads; members of groups of the workspace,
/// and whom only Ranger puts in a group, are told by their names.
/// </summary>
internal sealed class DenialNames(PolicySnapshot policies, PrincipalSnapshot directory, bool rolesAsGroups, int expandUpTo)
{
    /// <summary>Groups and users, each once, in classes; whom no item names is in none.</summary>
    /// <param name="items">The items.</param>
    /// <param name="owner">Key of the table's owner; null when there is none to tell.</param>
    /// <param name="fault">Why not everybody can be told; null when all can.</param>
    public (IReadOnlyList<NamedGroups> Groups, IReadOnlyList<NamedUsers> Users) In(
        IReadOnlyList<RangerPolicyItem> items, string? owner, out string? fault)
    {
        var roles = items.SelectMany(item => item.Roles).Distinct(StringComparer.Ordinal).ToList();
        var inRoles = roles.ConvertAll(policies.Engine.Roles.MembersOf);
        var groups = items.SelectMany(item => item.Groups).Concat(inRoles.SelectMany(role => role.Groups)).Concat(roles.Where(StandsForRole))
            .Where(group => group is not (NameMapper.Public or PrincipalKey.AccountUsers)).Distinct(StringComparer.Ordinal).ToList();
        var members = groups.ToDictionary(group => group, group => GuardGroup.Of(group, policies, directory), StringComparer.Ordinal);
        var open = groups.Find(group => !members[group].AreAllListed || members[group].Members.Count > expandUpTo);
        fault = open is null ? null : $"policies of the column name the group `{open}`, and nobody can say who is in it, or too many are";
        if (fault is not null)
        {
            return ([], []);
        }

        var users = items.SelectMany(item => item.Users).Select(user => user == NameMapper.OwnerMacro ? owner : user)
            .Concat(inRoles.SelectMany(role => role.Users)).Concat(members.Values.SelectMany(group => group.Members))
            .OfType<string>().Where(PrincipalKey.CanNameUser).Distinct(StringComparer.Ordinal);
        var nobody = Signature(items, Subject(null, []), owner);
        return (
            [.. groups.Where(group => members[group].IsAskedByName).Order(StringComparer.Ordinal).GroupBy(group => Signature(items, Subject(null, [new([group])]), owner))
                .Where(alike => alike.Key != nobody).Select(alike => new NamedGroups([.. alike]))],
            [.. users.Order(StringComparer.Ordinal).Select(user => (User: user, Groups: GroupsToName(user, members)))
                .GroupBy(user => Signature(items, Subject(new([user.User], user.Groups), []), owner))
                .Where(alike => alike.Key != nobody)
                .Select(alike => new NamedUsers([.. alike.Select(user => user.User)], alike.First().Groups))]);
    }

    /// <summary>One of the users, or of all others when there is none, who is in some of the groups.</summary>
    public Subject Subject(NamedUsers? user, IReadOnlyList<NamedGroups> groups)
    {
        HashSet<string> all = [PrincipalKey.AccountUsers, .. user?.Groups ?? [], .. groups.Select(group => group.Names[0])];
        var name = user?.Users[0];
        var roles = policies.Engine.Roles.RolesOf(name, all).Concat(all.Where(StandsForRole)).ToHashSet(StringComparer.Ordinal);
        return new Subject(name, all, roles) { IsAnyUser = name is null };
    }

    // An account group that stands for a role has the role, whoever Ranger says is in it.
    private bool StandsForRole(string group) =>
        rolesAsGroups && policies.Engine.Roles.Exists(group) && directory.KindOfGroup(group) == PrincipalKind.Group;

    private static List<string> GroupsToName(string user, Dictionary<string, GuardGroup> members) =>
        [.. members.Where(group => group.Value.Members.Contains(user)).Select(group => group.Key).Order(StringComparer.Ordinal)];

    private static string Signature(IReadOnlyList<RangerPolicyItem> items, Subject subject, string? owner) =>
        string.Concat(items.Select(item => AccessItems.Names(item, subject, owner) ? '1' : '0'));
}
