using PolicySync.Core.Access;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>
/// Metastore admins who read a guarded table in the clear. Row filters and masks do not restrict who administers the metastore,
/// that is its owner or a member of the group that owns it; such an admin reads only with SELECT, like everybody. Pure.
/// </summary>
/// <remarks>
/// Source: Databricks documentation, «Row filters and column masks» and «Admin privileges in Unity Catalog». Account admins
/// are not restricted either; no API of a workspace tells who they are.
/// </remarks>
public static class MetastoreAdmins
{
    /// <summary>Whether the table has guards of ours, or is to have some, that policy wants: nobody else need be looked for.</summary>
    /// <param name="guards">What policy wants of the table, and what is in force.</param>
    public static bool Matter(TableGuards guards) => Wanted(guards).Any();

    /// <summary>What the admins see that policy hides from them; null when nothing, as far as that can be known.</summary>
    /// <param name="guards">What policy wants of the table, and what is in force.</param>
    /// <param name="directory">The principals.</param>
    /// <param name="owner">The owner of the metastore, as Unity Catalog spells it; null when it is not known.</param>
    /// <param name="readers">Who can read the table.</param>
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
                + "take that access back, or give the metastore to somebody whom policy does not restrict",
            policies.Count == 1 ? policies[0] : null);
    }

    private static IEnumerable<GuardSlot> Wanted(TableGuards guards) => guards.Slots.Where(slot =>
        slot.IsWanted && (slot.Function is not null || (slot.Current is { } current && guards.Writer.IsOurs(current.Function))));

    private static bool IsRestricted(GuardReader admin, GuardSlot slot, GuardReach reach) =>
        reach.ShownBy(slot.Own, admin).Any(shows => shows is not null);

    // Everybody who administers the metastore and can read, with one path by which they can.
    private static IEnumerable<(GuardReader Admin, StandingReader By)> Admins(
        StandingReader metastore, IReadOnlyList<StandingReader> readers, GuardReach reach, PrincipalSnapshot directory)
    {
        var owner = metastore.Principal;
        var isUser = PrincipalKey.CanNameUser(owner);
        var members = isUser ? null : directory.MembersOf(owner);
        var self = directory.Self is { } me ? PrincipalKey.Of(me.Name) : null;
        bool IsKnownToRead(GuardReader admin, StandingReader reader) => PrincipalKey.CanNameUser(reader.Principal)
            ? admin.User == PrincipalKey.Of(reader.Principal)
            // Of a group that the directory does not list nobody knows whether it has members, or is of the account.
            : reader.Principal == owner || (admin.Groups.Contains(reader.Principal)
                && (isUser || directory.KindOfGroup(owner) != PrincipalKind.Unknown));

        foreach (var admin in reach.ReadersOf(metastore))
        {
            // Where all members are listed there is nobody else.
            if ((admin.User is null && members is not null) || (admin.User is { } user && user == self))
            {
                continue;
            }

            if (readers.FirstOrDefault(reader => IsKnownToRead(admin, reader)) is { } by)
            {
                yield return (admin, by);
            }
        }

        // Whoever is let read, and is known to be a member of the owning group although that does not list them.
        foreach (var by in isUser || members is not null ? [] : readers.Where(reader => reader.Principal != PrincipalKey.AccountUsers))
        {
            foreach (var admin in reach.ReadersOf(by).Where(reader => reader.Groups.Contains(owner) && (reader.User is null || reader.User != self)))
            {
                yield return (admin, by);
            }
        }
    }
}
