using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Grains.Policies;

namespace PolicySync.Host.Health;

/// <summary>
/// Checks whether policies are available. Without them the process is degraded but ready: it accepts tasks, which wait up to
/// <c>Policies:MaxWait</c>. It is degraded while the last check of the source failed or one takes long, and reports the code. A folder
/// is also looked at, without opening a file. Ranger Admin is asked only after a failed check, and rarely, as probes are frequent and
/// each download leaves a trace there.
/// </summary>
internal sealed class PoliciesHealth(IOptions<PoliciesOptions> options, PolicySnapshots? policies = null) : IHealthCheck
{
    /// <summary>The entry of <see cref="HealthCheckResult.Data"/> that holds the code.</summary>
    public const string Reason = "reason";

    /// <summary>The entry that holds how many policies of the current version have a part without effect.</summary>
    public const string Warnings = "warnings";

    /// <summary>A check that takes longer makes the process degraded.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <summary>How long a probe waits for the file system.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Time from a failed check until a probe starts another one.</summary>
    private static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<bool>? _fileCheck;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var standing = policies?.Standing;
        if (standing?.Failure is { } failure)
        {
            if (standing.Busy is null && standing.Ended > CheckAgain)
            {
                _ = policies!.GetFreshAsync().ContinueWith(static check => _ = check.Exception, TaskScheduler.Default);
            }

            return Degraded(failure.Code);
        }

        return standing?.Busy > Long || (options.Value.Source == PolicySourceKind.Folder && !await IsFileThereAsync(cancellationToken))
            ? Degraded(SyncErrorCode.PoliciesUnavailable)
            : HealthCheckResult.Healthy(data: standing is { Ignored: > 0 and var ignored } ? new Dictionary<string, object> { [Warnings] = ignored } : null);
    }

    private static HealthCheckResult Degraded(SyncErrorCode code) =>
        HealthCheckResult.Degraded(data: new Dictionary<string, object> { [Reason] = SyncErrorCodes.WireName(code) });

    // One file check at a time: a hanging file system blocks one thread, however many probes come.
    private async Task<bool> IsFileThereAsync(CancellationToken cancellation)
    {
        Task<bool> check;
        lock (_gate)
        {
            check = _fileCheck = _fileCheck is { IsCompleted: false } running ? running : Task.Run(IsThere, CancellationToken.None);
        }

        try
        {
            return await check.WaitAsync(Patience, cancellation);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool IsThere()
    {
        try
        {
            return new FileInfo(Path.Combine(options.Value.Folder ?? "", "policies.json")) is { Exists: true } file
                && (file.LinkTarget is null ? file.Length : (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo)?.Length) > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
