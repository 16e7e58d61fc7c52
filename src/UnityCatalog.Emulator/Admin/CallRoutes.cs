using System.Globalization;
using UnityCatalog.Emulator.Faults;
using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.Recording;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>The recorded calls, their counts, and overlapping writes.</summary>
internal static class CallRoutes
{
    public static void Map(AdminTable admin, CallLog log, FaultStore faults)
    {
        admin.Map("GET", "/calls", call => Reply.Json(
            new CallList(Select(log, call), log.Last, log.Forgotten), EmulatorJson.Shared.CallList));
        admin.Map("DELETE", "/calls", _ =>
        {
            log.Clear();
            return Reply.Empty();
        });
        admin.Map("GET", "/calls/summary", call => Reply.Json(
            CallSummary.Of(Select(log, call), log.Forgotten), EmulatorJson.Shared.CallSummary));
        admin.Map("GET", "/overlaps", call => Reply.Json(
            WriteAudit.Of(Select(log, call)), EmulatorJson.Shared.OverlapReport));
        admin.Map("GET", "/health", _ => Reply.Json(
            new AdminStatus("ok", log.InFlight, faults.List.Held), EmulatorJson.Shared.AdminStatus));
    }

    private static List<CallRecord> Select(CallLog log, AdminCall call)
    {
        var text = call.Query("since") ?? "0";
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var since))
        {
            throw Errors.InvalidParameter($"since is no sequence number: `{text}`");
        }

        var (method, path) = (call.Query("method"), call.Query("path"));
        return log.Since(since).FindAll(record =>
            (method is null || record.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
            && (path is null || Glob.IsMatch(record.Path, path)));
    }
}
