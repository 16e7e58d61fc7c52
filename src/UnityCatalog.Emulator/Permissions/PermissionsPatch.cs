using System.Collections.Immutable;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Principals;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>
/// One PATCH: deltas per principal, merged into the current grants (reference §0.1). Everything is checked before
/// anything is changed, so that one bad principal or privilege fails the whole call.
/// </summary>
internal static class PermissionsPatch
{
    public static GrantTable Apply(PrincipalDirectory principals, Securable on, IReadOnlyList<PermissionsChange> changes)
    {
        var deltas = new Dictionary<long, Delta>();
        foreach (var change in changes)
        {
            if (Read(principals, on, change) is { } delta)
            {
                // A principal may come twice, also by name and id, or an e-mail in two cases: the server merges.
                deltas[delta.Principal] = deltas.TryGetValue(delta.Principal, out var former) ? former.Merge(delta) : delta;
            }
        }

        var table = on.Grants.Current;
        foreach (var delta in deltas.Values)
        {
            Check(delta, on, table.Of(delta.Principal));
        }

        return deltas.Values.Aggregate(table, (grants, delta) =>
            grants.With(delta.Principal, Change(grants.Of(delta.Principal), delta)));
    }

    /// <summary>Null for a change without privileges, which the server drops (reference §1.2).</summary>
    private static Delta? Read(PrincipalDirectory principals, Securable on, PermissionsChange change)
    {
        var named = !string.IsNullOrEmpty(change.Principal);
        if (named == change.PrincipalId.HasValue)
        {
            throw Errors.InvalidParameter(named
                ? "Only one of principal and principal_id may be set."
                : "Missing required field: principal");
        }

        if (change is { Add: null or [], Remove: null or [] })
        {
            return null;
        }

        var principal = named
            ? principals.FindForGrant(change.Principal!) ?? throw Errors.NoSuchPrincipal(change.Principal!)
            : FindById(principals, change);
        return new Delta(
            principal.Id,
            change.Principal ?? change.PrincipalId.ToString()!,
            [.. (change.Add ?? []).Select(name => PrivilegeNames.Normalise(name, on.Family))],
            [.. (change.Remove ?? []).Select(name => PrivilegeNames.Normalise(name, on.Family))]);
    }

    /// <summary>By id a deleted principal is still there, but only to be taken from.</summary>
    private static Principal FindById(PrincipalDirectory principals, PermissionsChange change)
    {
        var id = change.PrincipalId!.Value;
        return principals.Find(id) is { } principal && (!principal.Deleted || change.Add is null or [])
            ? principal
            : throw Errors.NoSuchPrincipal(id);
    }

    private static void Check(Delta delta, Securable on, ImmutableSortedSet<string> held)
    {
        if (delta.Add.Overlaps(delta.Remove))
        {
            // Reference §0.2.
            throw Errors.InvalidParameter($"Duplicate privileges to add and delete for principal {delta.GivenName}.");
        }

        var applicable = PrivilegeMatrix.For(on);
        foreach (var privilege in delta.Add.Concat(delta.Remove.Where(privilege => !held.Contains(privilege))))
        {
            if (!applicable.Contains(privilege))
            {
                throw PrivilegeMatrix.NotApplicable(privilege, on);
            }
        }
    }

    /// <summary>Removals first. That of ALL_PRIVILEGES takes along what it implies, not MANAGE and EXTERNAL_USE_* (reference §0.3).</summary>
    private static ImmutableSortedSet<string> Change(ImmutableSortedSet<string> held, Delta delta)
    {
        if (delta.Remove.Contains(PrivilegeNames.AllPrivileges))
        {
            held = held.Except(held.Where(privilege => !PrivilegeNames.IsOutsideAllPrivileges(privilege)));
        }

        return held.Except(delta.Remove).Union(delta.Add);
    }

    private sealed record Delta(long Principal, string GivenName, ImmutableHashSet<string> Add, ImmutableHashSet<string> Remove)
    {
        public Delta Merge(Delta other) => this with { Add = Add.Union(other.Add), Remove = Remove.Union(other.Remove) };
    }
}
