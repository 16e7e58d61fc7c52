using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.Schedules;

/// <summary>Has the securables that are due turned into tasks, every <see cref="GrainSettings.DuePeriod"/>.</summary>
internal sealed partial class DueWatch(
    IGrainFactory grains, GrainSettings settings, TimeProvider time, IHostApplicationLifetime host, ILogger<DueWatch> logger)
    : PeriodicService(time, host)
{
    protected override TimeSpan? Period => settings.DuePeriod;

    protected override async Task TickAsync(CancellationToken stopping)
    {
        while (await grains.GetGrain<IDueGrain>(settings.Instance).SweepAsync().WaitAsync(stopping))
        {
            // The sweep goes on beyond the time that one call may take.
        }
    }

    [LoggerMessage(41, LogLevel.Warning, "Could not turn all due securables into tasks; the next round tries again")]
    protected override partial void LogFailure(Exception failure);
}
