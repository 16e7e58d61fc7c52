using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>The metastore attached to the workspace (reference §1.1).</summary>
internal static class MetastoreRoutes
{
    /// <summary>The workspace that is emulated.</summary>
    public const long WorkspaceId = 1_234_567_890_123_456;
    private const string Root = RouteTable.UnityCatalog;

    public static void Map(RouteTable routes)
    {
        routes.Get($"{Root}/metastore_summary", call => Answer(Summary(call)));
        routes.Get($"{Root}/metastores", call => Reply.Json(new MetastoreList([Summary(call)]), WireJson.Shared.MetastoreList));
        routes.Get($"{Root}/metastores/{{id}}", call =>
        {
            _ = call.Workspace.Metastore.Require(SecurableFamily.Metastore, call.Parameter("id"));
            return Answer(Summary(call));
        });
        routes.Get($"{Root}/current-metastore-assignment", call => Reply.Json(
            new MetastoreAssignment(call.Workspace.Metastore.Root.Id, WorkspaceId, "main"), WireJson.Shared.MetastoreAssignment));
    }

    private static Reply Answer(MetastoreSummary summary) => Reply.Json(summary, WireJson.Shared.MetastoreSummary);

    private static MetastoreSummary Summary(Call call)
    {
        var metastore = call.Workspace.Metastore;
        var root = metastore.Root;
        return new MetastoreSummary(
            root.Id, root.Name, root.Owner, metastore.Region, metastore.Cloud,
            $"{metastore.Cloud}:{metastore.Region}:{root.Id}", "1.0", root.CreatedAt);
    }
}
