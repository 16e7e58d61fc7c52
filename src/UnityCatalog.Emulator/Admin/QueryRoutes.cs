using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Reads of a table as a principal, and warehouses.</summary>
internal static class QueryRoutes
{
    public static void Map(AdminTable admin, WorkspaceHost host)
    {
        admin.Map("POST", "/query", call => StateRoutes.Locked(host, workspace => Reply.Json(
            TableReader.Read(workspace, call.Body(EmulatorJson.Shared.QueryRequest)), EmulatorJson.Shared.QueryAnswer)));
        admin.Map("POST", "/warehouses", call => StateRoutes.Locked(host, workspace =>
        {
            var state = call.Body(EmulatorJson.Shared.WarehouseState);
            workspace.Statements.Warehouses[state.Id] = new Warehouse(state.Id, state.Name ?? state.Id, state.State);
            return Reply.Empty();
        }));
    }
}
