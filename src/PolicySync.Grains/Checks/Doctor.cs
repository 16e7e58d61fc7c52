using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;

namespace PolicySync.Grains.Checks;

/// <summary>Runs the checks of a silo side by side, each within a limit. Safe for concurrent use.</summary>
internal sealed partial class Doctor(ServiceChecks service, WorkspaceChecks workspace, TimeProvider time, ILogger<Doctor> logger)
{
    /// <summary>Longest time of one check.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const string Policies = "policies";

    private const string Storage = "Check the storage account, its network rules and the service's role on it: docs/deployment.md.";

    /// <summary>Returns the results of all checks, in a fixed order. Never throws.</summary>
    public async Task<CheckResults> CheckAsync() => new(await Task.WhenAll(
        RunAsync("storage", Storage, service.StorageAsync),
        RunAsync(Policies, null, service.PoliciesAsync),
        RunAsync("workspace", null, workspace.ReachAsync),
        RunAsync("principals", null, workspace.PrincipalsAsync),
        RunAsync("rights", null, workspace.RightsAsync),
        RunAsync("warehouse", "Check that `Workspace:WarehouseId` is the id of a SQL warehouse and that the service has CAN USE on it.", workspace.WarehouseAsync),
        RunAsync("suspensions", Storage, service.SuspensionsAsync)));

    private async Task<CheckResult> RunAsync(string name, string? remedy, Func<string, CancellationToken, Task<CheckResult>> check)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            return await check(name, limit.Token).WaitAsync(Limit, time);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await limit.CancelAsync();
            return CheckResult.Fail(name, $"no result within {Limit.TotalSeconds:0} seconds", remedy ?? RemedyOf(name == Policies ? SyncErrorCode.PoliciesUnavailable : SyncErrorCode.Unavailable));
        }
        catch (SyncException e)
        {
            return CheckResult.Fail(name, $"{SyncErrorCodes.WireName(e.Code)}: {e.Message}", remedy ?? RemedyOf(e.Code));
        }
#pragma warning disable CA1031 // The other checks are of use when one has a defect.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogDefect(e, name);
            return CheckResult.Fail(name, $"a defect of the check: {e.GetType().Name}", "Report it; the log of the service has the details.");
        }
    }

    private static string RemedyOf(SyncErrorCode code) => code switch
    {
        SyncErrorCode.PoliciesUnavailable => "Mend the source of the policies: its address, credentials and service name (`Policies`), and the network to it.",
        SyncErrorCode.PoliciesShrank => "Restore the part that is named, or set `Policies:AllowShrink` to its version and restart.",
        SyncErrorCode.CredentialsRefused => "Renew the token or secret of the workspace. A file is read again, a variable needs a restart.",
        SyncErrorCode.Throttled => "Lower `Workspace:RequestsPerSecond`, and look for other clients of the same principal.",
        SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound => "Give the service's principal its rights in the workspace: docs/security.md lists them.",
        _ => "Check `Workspace:Host`, and proxies and firewalls between the service and the workspace.",
    };

    [LoggerMessage(EventId = 59, Level = LogLevel.Error, Message = "The check {Check} has a defect")]
    private partial void LogDefect(Exception e, string check);
}
