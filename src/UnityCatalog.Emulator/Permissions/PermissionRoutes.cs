using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Principals;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>Direct grants, read and changed (reference §1.2).</summary>
internal static class PermissionRoutes
{
    private const string Root = RouteTable.UnityCatalog;

    public static void Map(RouteTable routes)
    {
        routes.Get($"{Root}/permissions/{{securable_type}}/{{full_name}}", call => Read(call, "max_results"));
        routes.Patch($"{Root}/permissions/{{securable_type}}/{{full_name}}", Change);
        routes.Get($"{Root}/privilege-assignments/{{securable_type}}/{{full_name}}", call => Read(call, "page_size"));
    }

    public static Securable RequireSecurable(Call call)
    {
        var type = call.Parameter("securable_type");
        return SecurableFamilies.TryParsePathType(type, out var family)
            ? call.Workspace.Metastore.RequireForPermissions(family, call.Parameter("full_name"))
            : throw Errors.InvalidParameter(
                // The text that a path type `view` gets (reference §0.9).
                "Users can only manage catalog, schema, table, function, storage credential and external location permissions");
    }

    /// <summary>
    /// Which rows the caller sees: all with the right to manage, else their own; inferred from what SHOW GRANTS does. Those of
    /// deleted principals are shown to who asks for them (databricks-sdk-py, service/catalog.py, GrantsAPI.get).
    /// </summary>
    public static Func<long, bool> VisibleRows(Call call, Securable securable)
    {
        var visible = VisibleRows(call.Workspace, call.Caller, securable, call.Query("principal"));
        return call.Flag("include_deleted_principals") ? visible : id => NameOf(call.Workspace.Principals, id).Length > 0 && visible(id);
    }

    /// <summary>The same of one principal alone, where <paramref name="principal"/> names one.</summary>
    public static Func<long, bool> VisibleRows(Workspace workspace, Caller caller, Securable securable, string? principal)
    {
        Func<long, bool> visible = Caller.WhyUnbound(securable) is { } unbound ? throw unbound
            : caller.CanManage(securable) ? _ => true
            : caller.WhyHidden(securable) is { } refusal ? throw refusal
            : caller.Is;
        if (string.IsNullOrEmpty(principal))
        {
            return visible;
        }

        var only = workspace.Principals.FindForGrant(principal) ?? throw Errors.NoSuchPrincipal(principal);
        return id => id == only.Id && visible(id);
    }

    public static string NameOf(PrincipalDirectory principals, long id) => principals.Find(id)?.GrantName ?? "";

    private static Reply Read(Call call, string sizeParameter)
    {
        var securable = RequireSecurable(call);
        var visible = VisibleRows(call, securable);
        var grants = securable.Grants.AsOf(call.Workspace.MonotonicNow, call.ReadLag);
        var page = AssignmentPage.Take(call, grants.ByPrincipal.Keys.Where(visible), sizeParameter);
        var whole = string.IsNullOrEmpty(call.Query("principal"));
        return Answer(call, grants, page).WithFullRead(
            begins: whole && string.IsNullOrEmpty(call.Query("page_token")), ends: whole && page.Next is null);
    }

    private static Reply Change(Call call)
    {
        var securable = RequireSecurable(call);
        var update = call.Body(WireJson.Shared.PermissionsUpdate);
        var grants = GrantWriter.Write(call.Workspace, call.Caller, securable, update.Changes ?? []);
        return update.OmitPermissionsInResponse == true
            ? Reply.Empty()
            : Answer(call, grants, new AssignmentPage([.. grants.ByPrincipal.Keys], Next: null));
    }

    private static Reply Answer(Call call, GrantTable grants, AssignmentPage page)
    {
        var principals = call.Workspace.Principals;
        var rows = page.Principals
            .Select(id => new PrivilegeAssignment(NameOf(principals, id), id, [.. grants.Of(id)]))
            .ToList();
        return Reply.Json(new PermissionsList(rows.Count == 0 ? null : rows, page.Next), WireJson.Shared.PermissionsList);
    }
}
