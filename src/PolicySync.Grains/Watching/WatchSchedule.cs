using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Watching;

/// <summary>Reminds the cluster's one watch grain that a round may be due.</summary>
internal sealed partial class WatchSchedule(
    IGrainFactory grains,
    GrainSettings settings,
    IOptions<WatchOptions> options,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<WatchSchedule> logger) : PeriodicService(time, host)
{
    // Often enough that a round starts at most a quarter of its interval late.
    protected override TimeSpan? Period =>
        options.Value.Every is { } every ? TimeSpan.FromTicks(Math.Min(every.Ticks / 4, settings.WatchTick.Ticks)) : null;

    protected override Task TickAsync(CancellationToken stopping) =>
        grains.GetGrain<IWatchGrain>(settings.Instance).TickAsync().WaitAsync(stopping);

    [LoggerMessage(75, LogLevel.Warning, "Could not complete a round of the watch; another one starts in 15 seconds")]
    protected override partial void LogFailure(Exception failure);
}
