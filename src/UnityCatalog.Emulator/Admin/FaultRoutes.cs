using UnityCatalog.Emulator.Faults;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Creates, shows, releases and deletes faults.</summary>
internal static class FaultRoutes
{
    public static void Map(AdminTable admin, FaultStore faults)
    {
        admin.Map("GET", "/faults", _ => Reply.Json(faults.List, EmulatorJson.Shared.FaultList));
        admin.Map("POST", "/faults", call => Show(faults.Put(call.Body(EmulatorJson.Shared.FaultDefinition))));
        admin.Map("DELETE", "/faults", _ =>
        {
            faults.Clear();
            return Reply.Empty();
        });
        admin.Map("GET", "/faults/{id}", call => Show(Require(faults, call)));
        admin.Map("DELETE", "/faults/{id}", call =>
        {
            faults.Remove(Require(faults, call).Id);
            return Reply.Empty();
        });
        admin.Map("POST", "/faults/{id}/release", call =>
        {
            var rule = Require(faults, call);
            rule.Release();
            return Show(rule);
        });
    }

    private static FaultRule Require(FaultStore faults, AdminCall call) =>
        faults.Find(call.Parameter("id")) ?? throw new ApiException(404, "", "no such fault");

    private static Reply Show(FaultRule rule) => Reply.Json(rule.View, EmulatorJson.Shared.FaultView);
}
