using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>GET one, PATCH and DELETE, alike for every family (reference §1.1).</summary>
internal static class ObjectRoutes
{
    public static void Map(RouteTable routes)
    {
        MapFamily(routes, "catalogs", SecurableFamily.Catalog);
        MapFamily(routes, "schemas", SecurableFamily.Schema);
        MapFamily(routes, "tables", SecurableFamily.Table);
        MapFamily(routes, "functions", SecurableFamily.Function);
        MapFamily(routes, "volumes", SecurableFamily.Volume);
        MapFamily(routes, "models", SecurableFamily.Model, call => Reply.Json(
            GetOne(call, SecurableFamily.Model) with { Aliases = AliasesOf(call) }, WireJson.Shared.ObjectInfo));
        MapFamily(routes, "external-locations", SecurableFamily.ExternalLocation);
        MapFamily(routes, "storage-credentials", SecurableFamily.StorageCredential);
        MapFamily(routes, "credentials", SecurableFamily.Credential, CredentialRoutes.GetOne);
        MapFamily(routes, "connections", SecurableFamily.Connection);
        routes.Get($"{RouteTable.UnityCatalog}/tables/{{full_name}}/exists", TableExists);
    }

    public static ObjectInfo Show(Call call, Securable item, bool browseOnly = false) => ObjectWriter.Write(
        item,
        call.Workspace.Metastore.Root.Id,
        new ObjectView(
            browseOnly, call.Flag("omit_columns"), call.Flag("omit_properties"), call.Flag("include_manifest_capabilities")));

    public static Reply Answer(Call call, Securable item) => Reply.Json(Show(call, item), WireJson.Shared.ObjectInfo);

    private static void MapFamily(RouteTable routes, string collection, SecurableFamily family, Handler? getOne = null)
    {
        var template = $"{RouteTable.UnityCatalog}/{collection}/{{full_name}}";
        routes.Get(template, getOne ?? (call => Reply.Json(GetOne(call, family), WireJson.Shared.ObjectInfo)));
        routes.Patch(template, call => Change(call, family));
        routes.Delete(template, call => Drop(call, family));
    }

    public static ObjectInfo GetOne(Call call, SecurableFamily family)
    {
        var item = call.Workspace.Metastore.Require(family, call.Parameter("full_name"));
        var visibility = call.Caller.See(item, call.Flag("include_browse"), call.Flag("include_unbound"));
        return visibility == Visibility.Hidden
            ? throw call.Caller.WhyHidden(item)!
            : Show(call, item, visibility == Visibility.BrowseOnly);
    }

    private static List<ModelAlias>? AliasesOf(Call call) => call.Flag("include_aliases")
        && call.Workspace.Metastore.Require(SecurableFamily.Model, call.Parameter("full_name")).Versions.Aliases is { Count: > 0 } aliases
            ? [.. aliases.Select(alias => new ModelAlias(alias.Key, alias.Value))]
            : null;

    private static Reply TableExists(Call call)
    {
        var metastore = call.Workspace.Metastore;
        var parts = ObjectName.Split(call.Parameter("full_name"), SecurableFamily.Table.Depth());
        var schema = metastore.RequireParent(SecurableFamily.Table, parts);
        if (call.Caller.WhyHidden(schema) is { } refusal)
        {
            throw refusal;
        }

        var found = schema.Children(SecurableFamily.Table).Find(parts[2]) is not null;
        return Reply.Json(new TableExistence(found), WireJson.Shared.TableExistence);
    }

    private static Reply Change(Call call, SecurableFamily family)
    {
        var item = RequireChangeable(call, family);
        var request = call.Body(WireJson.Shared.ObjectRequest);
        if (request.Owner is { } owner)
        {
            _ = call.Workspace.Principals.FindForGrant(owner) ?? throw Errors.NoSuchPrincipal(owner);
            call.Workspace.SetOwner(item, owner);
        }

        if (request.IsolationMode is { } mode)
        {
            item.Bindings.Isolate(mode.EndsWith("ISOLATED", StringComparison.Ordinal), MetastoreRoutes.WorkspaceId);
        }

        if (family != SecurableFamily.Table)
        {
            // PATCH on a table changes the owner and nothing else (reference §1.1).
            item.Details = item.Details with { Comment = request.Comment ?? item.Details.Comment };
            if (request.NewName is { } newName)
            {
                ObjectLifecycle.Rename(call.Workspace, item, newName);
            }
        }

        (item.UpdatedAt, item.UpdatedBy) = (call.Workspace.NextTime(), call.Caller.Principal.Name);
        return Answer(call, item);
    }

    private static Reply Drop(Call call, SecurableFamily family)
    {
        ObjectLifecycle.Drop(RequireChangeable(call, family), call.Flag("force"));
        return Reply.Empty();
    }

    public static Securable RequireChangeable(Call call, SecurableFamily family)
    {
        var item = call.Workspace.Metastore.Require(family, call.Parameter("full_name"));
        if (item.BuiltIn)
        {
            throw Errors.NotOwner(item);
        }

        call.Caller.RequireManage(item);
        return item;
    }
}
