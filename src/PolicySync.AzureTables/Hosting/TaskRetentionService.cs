using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.AzureTables.Tasks;

namespace PolicySync.AzureTables.Hosting;

/// <summary>Deletes old tasks periodically, on each silo at a different time.</summary>
internal sealed partial class TaskRetentionService(
    TaskRetention retention, TimeProvider time, Random random, ILogger<TaskRetentionService> logger) : BackgroundService
{
    /// <summary>The time between sweeps when the last one finished the work.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(15);

    /// <summary>The time between sweeps of a backlog, which leaves capacity for other calls.</summary>
    public static readonly TimeSpan BacklogPeriod = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var wait = Period * random.NextDouble(); // silos that start together sweep at different times
            while (true)
            {
                await Task.Delay(wait, time, stoppingToken);
                wait = await SweepAsync(stoppingToken) ? BacklogPeriod : Period;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task<bool> SweepAsync(CancellationToken stopping)
    {
        try
        {
            return await retention.SweepAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e); // the storage does not answer; old tasks still read as absent
            return false;
        }
    }

    [LoggerMessage(63, LogLevel.Warning, "Could not delete tasks older than Tasks:Retention; the next sweep retries")]
    private partial void LogFailed(Exception exception);
}
