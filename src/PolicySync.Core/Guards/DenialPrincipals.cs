using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Account groups that the same items name: to policies, a member of any of them is the same.</summary>
/// <param name="Names">Their names, sorted; a function can ask for each.</param>
internal sealed record NamedGroups(IReadOnlyList<string> Names);

/// <summary>Users that the same items name, directly or through groups that a function cannot ask for.</summary>
/// <param name="Users">Their keys, sorted.</param>
/// <param name="Groups">Those groups, for the first of them.</param>
internal sealed record NamedUsers(IReadOnlyList<string> Users, IReadOnlyList<string> Groups);

/// <summary>The principals that items about a column name.</summary>
internal abstract record DenialPrincipals
{
    private DenialPrincipals()
    {
    }

    /// <summary>Each principal once, in classes that the items cannot tell apart; a principal that no item names is in none.</summary>
    /// <param name="Groups">Groups that a function asks for.</param>
    /// <param name="Users">Users that a function lists.</param>
    public sealed record Listed(IReadOnlyList<NamedGroups> Groups, IReadOnlyList<NamedUsers> Users) : DenialPrincipals;

    /// <summary>The members of a group that an item names are unknown, or more than may be listed.</summary>
    /// <param name="Group">The group.</param>
    public sealed record Unlisted(string Group) : DenialPrincipals;
}

/// <summary>
/// Sorts the principals that items name into classes. As in <see cref="GuardPrincipalFinder"/>, a function asks for account groups by
/// name, and lists the members of workspace groups and those that only Ranger puts in a group.
/// </summary>
internal sealed class DenialPrincipalFinder(PolicyInputs inputs)
{
    /// <summary>Finds the principals that items name.</summary>
    /// <param name="items">The items.</param>
    /// <param name="owner">Key of the table's owner; null when unknown.</param>
    public DenialPrincipals In(IReadOnlyList<RangerPolicyItem> items, string? owner)
    {
        var roles = items.SelectMany(item => item.Roles).Distinct(StringComparer.Ordinal).ToList();
        var inRoles = roles.ConvertAll(inputs.Policies.Engine.Roles.MembersOf);
        var groups = items.SelectMany(item => item.Groups).Concat(inRoles.SelectMany(role => role.Groups)).Concat(roles.Where(StandsForRole))
            .Where(group => group is not (NameMapper.Public or PrincipalKey.AccountUsers)).Distinct(StringComparer.Ordinal).ToList();
        var members = groups.ToDictionary(group => group, group => GuardGroup.Of(group, inputs), StringComparer.Ordinal);
        if (groups.Find(group => !members[group].AreAllListed || members[group].Members.Count > inputs.ExpandUpTo) is { } unlisted)
        {
            return new DenialPrincipals.Unlisted(unlisted);
        }

        var users = items.SelectMany(item => item.Users).Select(user => user == NameMapper.OwnerMacro ? owner : user)
            .Concat(inRoles.SelectMany(role => role.Users)).Concat(members.Values.SelectMany(group => group.Members))
            .OfType<string>().Where(PrincipalKey.CanNameUser).Distinct(StringComparer.Ordinal);
        var others = Signature(items, Subject(null, []), owner);
        return new DenialPrincipals.Listed(
            [.. groups.Where(group => members[group].IsAskedByName).Order(StringComparer.Ordinal).GroupBy(group => Signature(items, Subject(null, [new([group])]), owner))
                .Where(alike => alike.Key != others).Select(alike => new NamedGroups([.. alike]))],
            [.. users.Order(StringComparer.Ordinal).Select(user => (User: user, Groups: GroupsToName(user, members)))
                .GroupBy(user => Signature(items, Subject(new([user.User], user.Groups), []), owner))
                .Where(alike => alike.Key != others)
                .Select(alike => new NamedUsers([.. alike.Select(user => user.User)], alike.First().Groups))]);
    }

    /// <summary>A member of some of the groups: one of the users, or any other principal when <paramref name="user"/> is null.</summary>
    public Subject Subject(NamedUsers? user, IReadOnlyList<NamedGroups> groups)
    {
        HashSet<string> all = [PrincipalKey.AccountUsers, .. user?.Groups ?? [], .. groups.Select(group => group.Names[0])];
        var name = user?.Users[0];
        var roles = inputs.Policies.Engine.Roles.RolesOf(name, all).Concat(all.Where(StandsForRole)).ToHashSet(StringComparer.Ordinal);
        return new Subject(name, all, roles) { IsAnyUser = name is null };
    }

    // An account group named like a role has the role, whatever members Ranger lists for it.
    private bool StandsForRole(string group) =>
        inputs.Sync.RolesAsGroups && inputs.Policies.Engine.Roles.Exists(group) && inputs.Directory.KindOfGroup(group) == PrincipalKind.Group;

    private static List<string> GroupsToName(string user, Dictionary<string, GuardGroup> members) =>
        [.. members.Where(group => group.Value.Members.Contains(user)).Select(group => group.Key).Order(StringComparer.Ordinal)];

    private static string Signature(IReadOnlyList<RangerPolicyItem> items, Subject subject, string? owner) =>
        string.Concat(items.Select(item => AccessItems.Names(item, subject, owner) ? '1' : '0'));
}
