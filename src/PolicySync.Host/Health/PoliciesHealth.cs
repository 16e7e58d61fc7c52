using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Grains.Policies;

namespace PolicySync.Host.Health;

/// <summary>
/// Whether there are policies to go by. Without them the process is still ready: it accepts tasks, and they wait up to
/// <c>Policies:MaxWait</c>. Degraded while the last check of the source has failed, or one takes long; the code is told. A
/// folder is looked at, too, without opening a file; Ranger Admin is asked only while the last check has failed, and then
/// seldom: probes come often, and each download leaves a trace there.
/// </summary>
internal sealed class PoliciesHealth(IOptions<PoliciesOptions> options, PolicySnapshots? policies = null) : IHealthCheck
{
    /// <summary>The entry of <see cref="HealthCheckResult.Data"/> that holds the code.</summary>
    public const string Reason = "reason";

    /// <summary>The entry that holds how many policies of the version in force have something that has no effect.</summary>
    public const string Warnings = "warnings";

    /// <summary>A check that takes longer is told.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <summary>How long a probe waits for the file system.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Time between a failed check and the next that a probe begins.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<bool>? _look;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var standing = policies?.Standing;
        if (standing?.Failure is { } failure)
        {
            if (standing.Busy is null && standing.Ended > LookAgain)
            {
                _ = policies!.GetFreshAsync().ContinueWith(static check => _ = check.Exception, TaskScheduler.Default);
            }

            return Lacking(failure.Code);
        }

        return standing?.Busy > Long || (options.Value.Source == PolicySourceKind.Folder && !await LookAsync(cancellationToken))
            ? Lacking(SyncErrorCode.PoliciesUnavailable)
            : HealthCheckResult.Healthy(data: standing is { Ignored: > 0 and var ignored } ? new Dictionary<string, object> { [Warnings] = ignored } : null);
    }

    private static HealthCheckResult Lacking(SyncErrorCode code) =>
        HealthCheckResult.Degraded(data: new Dictionary<string, object> { [Reason] = SyncErrorCodes.WireName(code) });

    // One look at a time: a file system that hangs holds one thread, however many probes come.
    private async Task<bool> LookAsync(CancellationToken cancellation)
    {
        Task<bool> look;
        lock (_gate)
        {
            look = _look = _look is { IsCompleted: false } running ? running : Task.Run(IsThere, CancellationToken.None);
        }

        try
        {
            return await look.WaitAsync(Patience, cancellation);
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
