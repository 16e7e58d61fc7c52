using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.Schedules;

/// <summary>Has what is due looked for, now and again, from each silo: any of them may be the only one.</summary>
public sealed partial class DueWatch(
    IGrainFactory grains, GrainSettings settings, TimeProvider time, IHostApplicationLifetime host, ILogger<DueWatch> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken); // before, there is no silo to call
            using var timer = new PeriodicTimer(settings.DuePeriod, time);
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            while (await grains.GetGrain<IDueGrain>(settings.Instance).SweepAsync().WaitAsync(stopping))
            {
                // more is due than is done while a call waits
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e); // what is due stays due; the next round tries again
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(41, LogLevel.Warning, "securables that are due could not all be turned into tasks; it will be tried again")]
    private partial void LogFailed(Exception exception);
}
