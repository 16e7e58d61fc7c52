using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>Direct and inherited grants, each with where it comes from (reference §1.2, §2).</summary>
internal static class EffectivePermissionRoutes
{
    private const string Root = RouteTable.UnityCatalog;

    public static void Map(RouteTable routes)
    {
        routes.Get($"{Root}/effective-permissions/{{securable_type}}/{{full_name}}", call =>
        {
            var (rows, next) = Read(call, "max_results");
            return Answer(new EffectivePermissionsList { PrivilegeAssignments = rows, NextPageToken = next });
        });
        routes.Get($"{Root}/effective-privilege-assignments/{{securable_type}}/{{full_name}}", call =>
        {
            var (rows, next) = Read(call, "page_size");
            return Answer(new EffectivePermissionsList { EffectivePrivilegeAssignments = rows, NextPageToken = next });
        });
    }

    private static (IReadOnlyList<EffectiveAssignment>? Rows, string? Next) Read(Call call, string sizeParameter)
    {
        var securable = PermissionRoutes.RequireSecurable(call);
        var visible = PermissionRoutes.VisibleRows(call, securable);
        var levels = Levels(securable).Concat(Metastore(securable))
            .Select(level => (Level: level, Grants: level.Grants.AsOf(call.Workspace.MonotonicNow, call.ReadLag)))
            .ToList();
        var principals = levels.SelectMany(pair => pair.Grants.ByPrincipal.Keys).Distinct()
            .Where(visible)
            .Where(id => Privileges(levels, securable, id).Any());
        var page = AssignmentPage.Take(call, principals, sizeParameter);
        var rows = page.Principals
            .Select(id => new EffectiveAssignment(
                PermissionRoutes.NameOf(call.Workspace.Principals, id), id, [.. Privileges(levels, securable, id)]))
            .ToList();
        return (rows.Count == 0 ? null : rows, page.Next);
    }

    // What the object lies in at last, unless it is that itself.
    private static IEnumerable<Securable> Metastore(Securable securable)
    {
        var level = securable.Parent;
        while (level is { Family: not SecurableFamily.Metastore })
        {
            level = level.Parent;
        }

        return level is null ? [] : [level];
    }

    /// <summary>The object and its containers; of the metastore's grants READ_METADATA alone reaches them.</summary>
    public static IEnumerable<Securable> Levels(Securable securable)
    {
        yield return securable;
        for (var level = securable.Parent; level is { Family: not SecurableFamily.Metastore }; level = level.Parent)
        {
            yield return level;
        }
    }

    private static IEnumerable<EffectivePrivilege> Privileges(
        List<(Securable Level, GrantTable Grants)> levels, Securable asked, long principal) =>
        from pair in levels
        from privilege in pair.Grants.Of(principal)
        let direct = pair.Level == asked
        where direct || (privilege != PrivilegeNames.Browse // BROWSE is not shown as inherited (reference §2)
            && (pair.Level.Family != SecurableFamily.Metastore || privilege == PrivilegeNames.ReadMetadata))
        select new EffectivePrivilege(
            privilege,
            direct ? null : pair.Level.Family.UpperType(),
            direct ? null : pair.Level.FullName);

    private static Reply Answer(EffectivePermissionsList list) => Reply.Json(list, WireJson.Shared.EffectivePermissionsList);
}
