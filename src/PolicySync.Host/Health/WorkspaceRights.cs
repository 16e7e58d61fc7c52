using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Grains.Waits;

namespace PolicySync.Host.Health;

/// <summary>
/// Checks after the start whether the service's principal has the rights in the workspace that its work needs (docs/security.md lists
/// them), and logs missing ones by name. It only reads, and never keeps a process from starting: while the workspace does not answer or a
/// right is missing, it checks again.
/// </summary>
internal sealed partial class WorkspaceRights(
    IPrincipalDirectory directory, IUnityCatalog catalog, IOptions<SyncOptions> sync, WaitBoard waits, TimeProvider time, ILogger<WorkspaceRights> logger)
    : BackgroundService, IHealthCheck
{
    /// <summary>Time between two checks while a right is missing.</summary>
    public static readonly TimeSpan WhileMissing = TimeSpan.FromMinutes(5);

    /// <summary>Time between two checks while the workspace does not answer.</summary>
    public static readonly TimeSpan WhileUnanswered = TimeSpan.FromSeconds(15);

    private readonly Managed _managed = new(sync.Value);
    private volatile bool _lacking;
    private volatile bool _unanswered;
    private volatile string? _code;
    private string? _loggedReason;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            waits.CodeOf(WaitKind.Workspace) is { } waitedFor ? Degraded(SyncErrorCodes.WireName(waitedFor))
            : _lacking || _unanswered ? Degraded(_code)
            : HealthCheckResult.Healthy());

    // Without a code where a right is missing: the log names it.
    private static HealthCheckResult Degraded(string? code) =>
        HealthCheckResult.Degraded(data: code is null ? null : new Dictionary<string, object> { [PoliciesHealth.Reason] = code });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (!await IsCompleteAsync(stoppingToken))
            {
                await Task.Delay(_unanswered ? WhileUnanswered : WhileMissing, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task<bool> IsCompleteAsync(CancellationToken stopping)
    {
        var missing = new List<string>();
        try
        {
            var self = await FindSelfAsync(missing, stopping);
            var first = await FindCatalogAsync(missing, stopping);
            await ReadGrantsAsync(first, missing, stopping);
            (_unanswered, _code) = (false, null);
            _lacking = missing.Count > 0;
            if (!_lacking)
            {
                LogComplete(self);
            }
        }
        catch (SyncException e) when (e.Recovery == Recovery.Retry && e.Code != SyncErrorCode.CredentialsRefused)
        {
            (_unanswered, _code) = (true, SyncErrorCodes.WireName(e.Code));
            if (e.Message != _loggedReason)
            {
                LogUnanswered(SyncErrorCodes.WireName(e.Code), _loggedReason = e.Message);
            }

            return false;
        }
        catch (SyncException e)
        {
            (_lacking, _unanswered, _code) = (true, false, SyncErrorCodes.WireName(e.Code));
            LogRefused(SyncErrorCodes.WireName(e.Code), e.Message);
            return false;
        }

        foreach (var right in missing)
        {
            LogMissing(right);
        }

        return !_lacking;
    }

    private async Task<string> FindSelfAsync(List<string> missing, CancellationToken stopping)
    {
        const string right = "to read users, service principals and groups, and itself (SCIM `Me`): without it members of "
            + "groups are unknown, privileges that a denial concerns are withheld, and mode Exact does not start";
        try
        {
            if ((await directory.GetAsync(stopping)).Self is { } self)
            {
                return self.Name;
            }
        }
        catch (SyncException e) when (IsRefusal(e))
        {
        }

        missing.Add(right);
        return "unknown";
    }

    private async Task<Securable?> FindCatalogAsync(List<string> missing, CancellationToken stopping)
    {
        try
        {
            string? token = null;
            do
            {
                var page = await catalog.ListAsync(SecurableType.Catalog, null, token, new CallMeter(), stopping);
                if (page.Items.FirstOrDefault(item => IsManaged(item.Securable)) is { } found)
                {
                    return found.Securable;
                }

                token = page.NextPageToken;
            }
            while (token is not null);

            missing.Add("to see a managed catalog: it has USE_CATALOG, BROWSE or MANAGE on none, or PolicySync:Sync:Managed covers none");
        }
        catch (SyncException e) when (IsRefusal(e))
        {
            missing.Add("to list catalogs");
        }

        return null;
    }

    private async Task ReadGrantsAsync(Securable? first, List<string> missing, CancellationToken stopping)
    {
        if (first is null || !_managed.Covers(first))
        {
            return; // only objects below it are managed; the first task shows which rights it lacks there
        }

        try
        {
            await catalog.GetPermissionsAsync(first, new CallMeter(), stopping);
        }
        catch (SyncException e) when (IsRefusal(e))
        {
            missing.Add($"to read and change grants on {first}: it needs MANAGE there and on every managed catalog, or to own them");
        }
    }

    private bool IsManaged(Securable catalog) =>
        !SecurableName.IsReservedCatalog(catalog.Name) && (_managed.Covers(catalog) || _managed.CouldCoverBelow(catalog));

    private static bool IsRefusal(SyncException e) => e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound;

    [LoggerMessage(EventId = 1200, Level = LogLevel.Information, Message = "The workspace knows this service as {Self} and lets it read principals, catalogs and grants")]
    private partial void LogComplete(string self);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "In the workspace this service lacks the right {Right}")]
    private partial void LogMissing(string right);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Error, Message = "The workspace refuses this service ({Code}): {Reason}")]
    private partial void LogRefused(string code, string reason);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "Could not check the service's rights in the workspace ({Code}: {Reason}); the next check follows")]
    private partial void LogUnanswered(string code, string reason);
}
