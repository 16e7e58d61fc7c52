using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>Users, groups and roles, to find the policies that name one of them.</summary>
internal sealed class NamedPrincipals
{
    /// <summary>Users, as policies spell them.</summary>
    public HashSet<string> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups.</summary>
    public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Roles.</summary>
    public HashSet<string> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether there are none.</summary>
    public bool AreNone => Users.Count + Groups.Count + Roles.Count == 0;

    /// <summary>Everybody whom policies name, or roles as members. A role in a role is not among them.</summary>
    public static NamedPrincipals Of(IEnumerable<PolicyEntry> entries, IEnumerable<RangerRole> roles)
    {
        var found = new NamedPrincipals();
        foreach (var item in entries.SelectMany(static entry => entry.Items))
        {
            found.Users.UnionWith(item.Users);
            found.Groups.UnionWith(item.Groups);
            found.Roles.UnionWith(item.Roles);
        }

        foreach (var role in roles)
        {
            found.Users.UnionWith(role.Users.Select(static member => member.Name).OfType<string>());
            found.Groups.UnionWith(role.Groups.Select(static member => member.Name).OfType<string>());
        }

        return found;
    }

    /// <summary>Adds every role that has one of them as a member, also through other roles.</summary>
    public void AddRolesAbove(IReadOnlyCollection<RangerRole> roles)
    {
        var isMore = !AreNone;
        while (isMore)
        {
            isMore = false;
            foreach (var role in roles.Where(role => role.Name is not null && !Roles.Contains(role.Name) && Has(role)))
            {
                isMore |= Roles.Add(role.Name!);
            }
        }
    }

    /// <summary>Whether an item of a policy names one of them.</summary>
    public bool AreNamedIn(PolicyEntry entry) => !AreNone && entry.Items.Any(item =>
        item.Users.Exists(Users.Contains) || item.Groups.Exists(Groups.Contains) || item.Roles.Exists(Roles.Contains));

    private bool Has(RangerRole role) => role.Users.Exists(member => Users.Contains(member.Name ?? ""))
        || role.Groups.Exists(member => Groups.Contains(member.Name ?? "")) || role.Roles.Exists(member => Roles.Contains(member.Name ?? ""));
}
