using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>Reminds the cluster's one grain that watches policies to check them.</summary>
internal sealed partial class PolicyWatchSchedule(
    IGrainFactory grains,
    GrainSettings settings,
    IOptions<PoliciesOptions> options,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<PolicyWatchSchedule> logger) : PeriodicService(time, host)
{
    protected override TimeSpan? Period => options.Value.Watch is { Mode: not PolicyWatchMode.Off } watch ? watch.Every : null;

    protected override Task TickAsync(CancellationToken stopping) =>
        grains.GetGrain<IPolicyWatchGrain>(settings.Instance).TickAsync().WaitAsync(stopping);

    [LoggerMessage(85, LogLevel.Warning, "Could not turn a change of policies into tasks; the next check tries again")]
    protected override partial void LogFailure(Exception failure);
}
