using PolicySync.Core.Access;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>
/// Metastore admins that read a guarded table unrestricted. Row filters and masks do not restrict the owner of the metastore and
/// the members of a group that owns it; like every principal, such an admin needs SELECT to read. Pure.
/// </summary>
/// <remarks>
/// Source: Databricks documentation, «Row filters and column masks» and «Admin privileges in Unity Catalog». Account admins
/// are not restricted either; no API of a workspace lists them.
/// </remarks>
public static class MetastoreAdmins
{
    /// <summary>Whether the table has, or will have, guards of ours that policy wants; otherwise no admin needs to be found.</summary>
    /// <param name="guards">What policy wants of the table, and what is in force.</param>
    public static bool Matter(TableGuards guards) => Wanted(guards).Any();

    /// <summary>The gap for data that policy hides from the admins and they see; null when none is known.</summary>
    /// <param name="guards">What policy wants of the table, and what is in force.</param>
    /// <param name="directory">The principals.</param>
    /// <param name="owner">The owner of the metastore, as Unity Catalog spells it; null when unknown.</param>
    /// <param name="readers">The readers of the table.</param>
    public static Gap? GapOf(TableGuards guards, PrincipalSnapshot directory, string? owner, IReadOnlyList<StandingReader> readers)
    {
        if (owner is not { Length: > 0 })
        {
            return null;
        }

        var reach = new GuardReach(directory);
        List<(GuardReader Admin, StandingReader By)> admins = [.. Admins(new StandingReader(owner, AccessPath.Ownership, null, guards.Table.Facts.Securable), readers, reach, directory)];
        List<GuardSlot> seen = [.. Wanted(guards).Where(slot => admins.Exists(one => IsRestricted(one.Admin, slot, reach)))];
        if (seen.Count == 0)
        {
            return null;
        }

        var by = admins.First(one => IsRestricted(one.Admin, seen[0], reach)).By;
        var policies = seen.Select(slot => slot.Function?.PolicyId).Distinct().ToList();
        return new Gap(GapCode.OwnerAccess, GapDirection.Exposed, owner, "SELECT",
            $"`{owner}` owns the metastore, `{by.Principal}` {by.Reason}, and row filters and masks do not restrict metastore admins: "
                + $"the {string.Join(", ", seen.Select(slot => slot.What))} does not apply to them; "
                + "revoke that access, or transfer the metastore to a principal that policy does not restrict",
            policies.Count == 1 ? policies[0] : null);
    }

    private static IEnumerable<GuardSlot> Wanted(TableGuards guards) => guards.Slots.Where(slot =>
        slot.IsWanted && (slot.Function is not null || (slot.Current is { } current && guards.Writer.IsOurs(current.Function))));

    private static bool IsRestricted(GuardReader admin, GuardSlot slot, GuardReach reach) =>
        reach.ShownBy(slot.Own, admin).Any(shows => shows is not null);

    // Every admin that can read, with one path that gives the right.
    private static IEnumerable<(GuardReader Admin, StandingReader By)> Admins(
        StandingReader metastore, IReadOnlyList<StandingReader> readers, GuardReach reach, PrincipalSnapshot directory)
    {
        var owner = metastore.Principal;
        var isUser = PrincipalKey.CanNameUser(owner);
        var members = isUser ? null : directory.MembersOf(owner);
        var self = directory.Self is { } me ? PrincipalKey.Of(me.Name) : null;
        bool IsKnownToRead(GuardReader admin, StandingReader reader) => PrincipalKey.CanNameUser(reader.Principal)
            ? admin.User == PrincipalKey.Of(reader.Principal)
            // A group that the directory does not list may have no members, or not belong to the account.
            : reader.Principal == owner || (admin.Groups.Contains(reader.Principal)
                && (isUser || directory.KindOfGroup(owner) != PrincipalKind.Unknown));

        foreach (var admin in reach.ReadersOf(metastore))
        {
            // Where all members are listed, there are no unlisted ones.
            if ((admin.User is null && members is not null) || (admin.User is { } user && user == self))
            {
                continue;
            }

            if (readers.FirstOrDefault(reader => IsKnownToRead(admin, reader)) is { } by)
            {
                yield return (admin, by);
            }
        }

        // Readers known to be members of the owning group, although the group does not list them.
        foreach (var by in isUser || members is not null ? [] : readers.Where(reader => reader.Principal != PrincipalKey.AccountUsers))
        {
            foreach (var admin in reach.ReadersOf(by).Where(reader => reader.Groups.Contains(owner) && (reader.User is null || reader.User != self)))
            {
                yield return (admin, by);
            }
        }
    }
}
