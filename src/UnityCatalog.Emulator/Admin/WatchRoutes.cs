using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Watches: what principals read of a table after each call.</summary>
internal static class WatchRoutes
{
    public static void Map(AdminTable admin, WorkspaceHost host)
    {
        admin.Map("PUT", "/watches/{id}", call => StateRoutes.Locked(host, workspace => Show(
            workspace.Watches.Put(workspace, call.Parameter("id"), call.Body(EmulatorJson.Shared.WatchDefinition)))));
        admin.Map("GET", "/watches", _ => StateRoutes.Locked(host, workspace =>
            Reply.Json(new WatchList(workspace.Watches.All), EmulatorJson.Shared.WatchList)));
        admin.Map("GET", "/watches/{id}", call => StateRoutes.Locked(host, workspace =>
            Show(workspace.Watches.Find(call.Parameter("id")) ?? throw NoSuchWatch())));
        admin.Map("DELETE", "/watches", _ => StateRoutes.Locked(host, workspace =>
        {
            workspace.Watches.Clear();
            return Reply.Empty();
        }));
        admin.Map("DELETE", "/watches/{id}", call => StateRoutes.Locked(host, workspace =>
            workspace.Watches.Remove(call.Parameter("id")) ? Reply.Empty() : throw NoSuchWatch()));
    }

    private static ApiException NoSuchWatch() => new(404, "", "no such watch");

    private static Reply Show(WatchView watch) => Reply.Json(watch, EmulatorJson.Shared.WatchView);
}
