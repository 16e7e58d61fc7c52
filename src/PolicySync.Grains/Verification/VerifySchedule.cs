using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Verification;

/// <summary>Reminds the cluster's one verification grain that a round may be due.</summary>
internal sealed partial class VerifySchedule(
    IGrainFactory grains,
    GrainSettings settings,
    IOptions<VerifyOptions> options,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<VerifySchedule> logger) : PeriodicService(time, host)
{
    protected override TimeSpan? Period =>
        options.Value.Every is { } every ? TimeSpan.FromTicks(Math.Min(every.Ticks, settings.VerifyTick.Ticks)) : null;

    protected override Task TickAsync(CancellationToken stopping) =>
        grains.GetGrain<IVerifyGrain>(settings.Instance).TickAsync().WaitAsync(stopping);

    [LoggerMessage(52, LogLevel.Warning, "Could not start a verification round; the next tick tries again")]
    protected override partial void LogFailure(Exception failure);
}
