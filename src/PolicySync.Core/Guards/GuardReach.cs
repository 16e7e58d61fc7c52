using PolicySync.Core.Access;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;

namespace PolicySync.Core.Guards;

/// <summary>The principals that policy allows to read a table, as a function can recognise them.</summary>
internal sealed class GivenReaders
{
    private readonly HashSet<string> _users;
    private readonly HashSet<string> _groups;

    /// <param name="grants">What policy wants granted on the table and on its containers.</param>
    public GivenReaders(IEnumerable<DesiredGrant> grants)
    {
        var names = grants.Where(grant => Privilege.Normalise(grant.Privilege) is Privilege.Select or Privilege.AllPrivileges)
            .Select(grant => grant.Principal).ToList();
        _users = names.Where(PrincipalKey.CanNameUser).Select(PrincipalKey.Of).ToHashSet(StringComparer.Ordinal);
        _groups = names.Where(name => !PrincipalKey.CanNameUser(name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether policy allows everyone.</summary>
    public bool IsEverybody => _groups.Contains(PrincipalKey.AccountUsers);

    /// <summary>The condition in SQL.</summary>
    public string ToSql() => new GuardPrincipals(
        IsEverybody, [.. _users.Order(StringComparer.Ordinal)], [.. _groups.Order(StringComparer.Ordinal)], Unresolved: null).ToSql();

    /// <summary>Whether policy allows a reader.</summary>
    public bool Has(GuardReader reader) =>
        IsEverybody || (reader.User is { } user && _users.Contains(user)) || reader.Groups.Overlaps(_groups);
}

/// <summary>A reader: a user, or an unlisted member of a group.</summary>
/// <param name="User">The key; null for an unlisted member.</param>
/// <param name="Groups">Groups that contain the reader.</param>
/// <param name="AreAll">Whether <paramref name="Groups"/> is complete.</param>
internal sealed record GuardReader(string? User, IReadOnlySet<string> Groups, bool AreAll);

/// <summary>What layers show to readers. Where that is uncertain, everything that they might show.</summary>
internal sealed class GuardReach(PrincipalSnapshot directory)
{
    /// <summary>The readers that an existing right covers, as far as the directory lists them.</summary>
    public IEnumerable<GuardReader> ReadersOf(StandingReader standing)
    {
        var name = standing.Principal;
        if (PrincipalKey.CanNameUser(name))
        {
            return [User(name)];
        }

        var members = name == PrincipalKey.AccountUsers ? directory.Everyone : directory.MembersOf(name);
        HashSet<string> groups = [PrincipalKey.AccountUsers, name, .. directory.GroupsOfGroup(name)];
        return (members ?? new HashSet<string>()).Select(User)
            .Append(new GuardReader(null, groups, AreAll: members is not null && name != PrincipalKey.AccountUsers));
    }

    /// <summary>Everything that a layer may show to a reader; null means the unrestricted value or row.</summary>
    public IReadOnlyList<string?> ShownBy(GuardLayer layer, GuardReader reader)
    {
        var shown = new List<string?>();
        foreach (var branch in layer.Branches)
        {
            var meets = Meets(branch, reader);
            if (meets != false)
            {
                shown.Add(branch.Shows);
            }

            if (meets == true)
            {
                return shown;
            }
        }

        shown.Add(null);
        return shown;
    }

    private GuardReader User(string name)
    {
        var key = PrincipalKey.Of(name);
        HashSet<string> groups = [PrincipalKey.AccountUsers, .. directory.GroupsOfUser(key)];
        return new GuardReader(key, groups, directory.KindOfUser(key) != PrincipalKind.Unknown);
    }

    // Null when unknown.
    private bool? Meets(GuardBranch branch, GuardReader reader)
    {
        var each = branch.Readers.Select(readers => Has(readers, reader)).ToList();
        return branch.Others is { } others ? each.TrueForAll(has => has == false) ? others : null
            : each.Contains(false) ? false
            : each.Contains(null) ? null
            : true;
    }

    private bool? Has(GuardReaders readers, GuardReader reader) =>
        readers.Everybody || (reader.User is { } user && readers.Users.Contains(user)) || readers.Groups.Any(reader.Groups.Contains) ? true
        : readers.Groups.Count > 0 && (!reader.AreAll || readers.Groups.Any(group => directory.KindOfGroup(group) == PrincipalKind.Unknown)) ? null
        : false;
}
