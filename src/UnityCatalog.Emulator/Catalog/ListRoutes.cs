using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Permissions;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>The listings of reference §1.1. They show what the caller may see, and BROWSE holders more on demand.</summary>
internal static class ListRoutes
{
    private const string Root = RouteTable.UnityCatalog;

    /// <summary>Volumes are the one family whose page is limited when max_results is absent (reference §1.1).</summary>
    private const int UnpagedVolumes = 10_000;

    public static void Map(RouteTable routes)
    {
        routes.Get($"{Root}/catalogs", call => TopLevel(
            call, SecurableFamily.Catalog, page => new ObjectList { Catalogs = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/schemas", Schemas);
        routes.Get($"{Root}/tables", call => InSchema(
            call, SecurableFamily.Table, page => new ObjectList { Tables = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/functions", call => InSchema(
            call, SecurableFamily.Function, page => new ObjectList { Functions = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/volumes", call => InSchema(
            call, SecurableFamily.Volume, page => new ObjectList { Volumes = page.Items, NextPageToken = page.Next }, UnpagedVolumes));
        routes.Get($"{Root}/models", Models);
        routes.Get($"{Root}/external-locations", call => TopLevel(
            call, SecurableFamily.ExternalLocation, page => new ObjectList { ExternalLocations = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/storage-credentials", call => TopLevel(
            call, SecurableFamily.StorageCredential, page => new ObjectList { StorageCredentials = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/credentials", CredentialRoutes.List);
        routes.Get($"{Root}/connections", call => TopLevel(
            call, SecurableFamily.Connection, page => new ObjectList { Connections = page.Items, NextPageToken = page.Next }));
        routes.Get($"{Root}/table-summaries", TableSummaries);
    }

    private static Reply TopLevel(Call call, SecurableFamily family, Func<Page<ObjectInfo>, ObjectList> wrap) =>
        Children(call, call.Workspace.Metastore.Root, family, wrap);

    private static Reply Schemas(Call call)
    {
        var catalog = RequireVisible(call, SecurableFamily.Catalog, call.RequiredQuery("catalog_name"));
        return Children(
            call, catalog, SecurableFamily.Schema, page => new ObjectList { Schemas = page.Items, NextPageToken = page.Next });
    }

    private static Reply InSchema(
        Call call, SecurableFamily family, Func<Page<ObjectInfo>, ObjectList> wrap, int unpaged = int.MaxValue)
    {
        var name = $"{call.RequiredQuery("catalog_name")}.{call.RequiredQuery("schema_name")}";
        return Children(call, RequireVisible(call, SecurableFamily.Schema, name), family, wrap, unpaged);
    }

    /// <summary>Catalog and schema must be given together.</summary>
    private static Reply Models(Call call)
    {
        ObjectList Wrap(Page<ObjectInfo> page) => new() { RegisteredModels = page.Items, NextPageToken = page.Next };
        if (call.Query("catalog_name") is not null || call.Query("schema_name") is not null)
        {
            return InSchema(call, SecurableFamily.Model, Wrap);
        }

        var schemas = call.Workspace.Metastore.Root.Children(SecurableFamily.Catalog).After(null).SelectMany(Schemas);
        return Answer(Wrap(Paging.List(
            call, after => Below(schemas, SecurableFamily.Model, after), item => item.FullName, item => Show(call, item))));
    }

    private static Reply TableSummaries(Call call)
    {
        var catalog = RequireVisible(call, SecurableFamily.Catalog, call.RequiredQuery("catalog_name"));
        var schemaPattern = call.Query("schema_name_pattern") ?? "%";
        var tablePattern = call.Query("table_name_pattern") ?? "%";
        var schemas = Schemas(catalog).Where(schema => LikePattern.IsMatch(schema.Name, schemaPattern));
        var page = Paging.List(
            call,
            after => Below(schemas, SecurableFamily.Table, after).Where(table => LikePattern.IsMatch(table.Name, tablePattern)),
            item => item.FullName,
            item => call.Caller.See(item, includeBrowse: false) == Visibility.Hidden ? null : new TableSummary(
                item.FullName, item.Kind, call.Flag("include_manifest_capabilities") ? ObjectWriter.Manifest(item) : null));
        return Reply.Json(new TableSummaryList(page.Items, page.Next), WireJson.Shared.TableSummaryList);
    }

    private static IEnumerable<Securable> Schemas(Securable catalog) => catalog.Children(SecurableFamily.Schema).After(null);

    private static IEnumerable<Securable> Below(IEnumerable<Securable> schemas, SecurableFamily family, string? after) => schemas
        .SelectMany(schema => schema.Children(family).After(null))
        .Select(item => (item.FullName, item))
        .OrderBy(pair => pair.FullName, StringComparer.Ordinal)
        .SkipWhile(pair => string.CompareOrdinal(pair.FullName, after) <= 0)
        .Select(pair => pair.item);

    private static Reply Children(
        Call call, Securable parent, SecurableFamily family, Func<Page<ObjectInfo>, ObjectList> wrap, int unpaged = int.MaxValue)
    {
        var index = parent.Children(family);
        return Answer(wrap(Paging.List(call, index.After, item => item.Name, item => Show(call, item), unpaged)));
    }

    public static ObjectInfo? Show(Call call, Securable item) => call.Caller.See(item, call.Flag("include_browse"), call.Flag("include_unbound")) switch
    {
        Visibility.Hidden => null,
        var visibility => ObjectRoutes.Show(call, item, visibility == Visibility.BrowseOnly),
    };

    private static Securable RequireVisible(Call call, SecurableFamily family, string fullName)
    {
        var container = call.Workspace.Metastore.Require(family, fullName);
        return call.Caller.See(container, call.Flag("include_browse")) == Visibility.Hidden
            ? throw call.Caller.WhyHidden(container)!
            : container;
    }

    public static Reply Answer(ObjectList list) => Reply.Json(list, WireJson.Shared.ObjectList);
}
