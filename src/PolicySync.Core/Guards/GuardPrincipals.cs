using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>The principals that an item names, as a function recognises the reader.</summary>
/// <param name="IsEverybody">It names everyone.</param>
/// <param name="Users">Keys of users and service principals, sorted.</param>
/// <param name="Groups">Account groups, sorted.</param>
/// <param name="Unresolved">
/// A group or role, as the policy spells it, whose members are unknown, so that any reader may be one. Null when all are known.
/// </param>
internal sealed record GuardPrincipals(bool IsEverybody, IReadOnlyList<string> Users, IReadOnlyList<string> Groups, string? Unresolved)
{
    /// <summary>Whether it names no principal that a function can recognise.</summary>
    public bool IsEmpty => !IsEverybody && Users.Count == 0 && Groups.Count == 0;

    /// <summary>The condition in SQL.</summary>
    public string ToSql()
    {
        if (IsEverybody)
        {
            return "TRUE";
        }

        var users = Users.Count == 0 ? [] : (string[])[$"lower(session_user()) IN ({string.Join(", ", Users.Select(Folded))})"];
        var all = users.Concat(Groups.Select(group => $"is_account_group_member({GuardSql.Literal(group)})")).ToList();
        return all.Count == 0 ? "FALSE" : string.Join(" OR ", all);
    }

    /// <summary>The same in the form that is stored.</summary>
    public GuardReaders ToReaders() => new() { Everybody = IsEverybody, Users = [.. Users.Select(PrincipalKey.Of)], Groups = Groups };

    // Characters beyond ASCII are folded by the database on both sides, by its own rules.
    private static string Folded(string user) =>
        user.All(char.IsAscii) ? GuardSql.Literal(user.ToLowerInvariant()) : $"lower({GuardSql.Literal(user)})";
}

/// <summary>
/// Finds the principals that items name. A function asks for groups of the account by name, and lists the users that only
/// Ranger puts in them; other groups, and roles, become their members (specification §5).
/// </summary>
internal sealed class GuardPrincipalFinder(PolicyInputs inputs, string? owner)
{
    public GuardPrincipals Find(RangerPolicyItem item)
    {
        var found = new Found();
        foreach (var user in item.Users)
        {
            Add(found, user);
        }

        foreach (var group in item.Groups)
        {
            AddGroup(found, group, group);
        }

        foreach (var role in item.Roles)
        {
            AddRole(found, role);
        }

        return new GuardPrincipals(found.IsEverybody, [.. found.Users], [.. found.Groups], found.IsEverybody ? null : found.Unresolved);
    }

    private void Add(Found found, string user)
    {
        switch (user)
        {
            case NameMapper.UserMacro: found.IsEverybody = true; break;
            case NameMapper.OwnerMacro: AddUser(found, owner); break;
            default: AddUser(found, user); break;
        }
    }

    // No session has a name that is neither an e-mail nor an application id.
    private static void AddUser(Found found, string? user)
    {
        if (user is not null && PrincipalKey.CanNameUser(user))
        {
            found.Users.Add(user);
        }
    }

    private void AddRole(Found found, string role)
    {
        var (users, groups) = inputs.Policies.Engine.Roles.MembersOf(role);
        if (inputs.Sync.RolesAsGroups && inputs.Directory.KindOfGroup(role) == PrincipalKind.Group)
        {
            found.Groups.Add(role);
        }

        foreach (var user in users)
        {
            AddUser(found, user);
        }

        foreach (var group in groups)
        {
            AddGroup(found, group, role);
        }
    }

    private void AddGroup(Found found, string group, string spelled)
    {
        if (group is NameMapper.Public or PrincipalKey.AccountUsers)
        {
            found.IsEverybody = true;
            return;
        }

        var members = GuardGroup.Of(group, inputs);
        if (members.IsAskedByName)
        {
            found.Groups.Add(group);
        }

        var isKnown = members.AreAllListed && (members.Members.Count > 0 || inputs.Directory.KindOfGroup(group) != PrincipalKind.Unknown);
        if (!isKnown || members.Members.Count > inputs.ExpandUpTo)
        {
            found.Unresolved ??= spelled;
        }

        // If not all members can be listed, guarding those that can is better than guarding none.
        foreach (var member in members.Members.Order(StringComparer.Ordinal).Take(inputs.ExpandUpTo))
        {
            AddUser(found, member);
        }
    }

    private sealed class Found
    {
        public bool IsEverybody { get; set; }

        public SortedSet<string> Users { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Groups { get; } = new(StringComparer.Ordinal);

        public string? Unresolved { get; set; }
    }
}
