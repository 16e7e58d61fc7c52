using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.AzureTables.Tasks;

namespace PolicySync.AzureTables.Hosting;

/// <summary>Sweeps now and again, on each silo at a time of its own.</summary>
internal sealed partial class TaskRetentionService(
    TaskRetention retention, TimeProvider time, Random random, ILogger<TaskRetentionService> logger) : BackgroundService
{
    /// <summary>Between sweeps, when the last one left nothing to do.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(15);

    /// <summary>Between sweeps of a backlog: the storage has other things to do.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var wait = Period * random.NextDouble(); // silos that start together do not sweep together
            while (true)
            {
                await Task.Delay(wait, time, stoppingToken);
                wait = await SweepAsync(stoppingToken) ? Breath : Period;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
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
            LogFailed(e); // the storage does not answer; old tasks read as absent all the same
            return false;
        }
    }

    [LoggerMessage(63, LogLevel.Warning, "tasks beyond Tasks:Retention could not be deleted; it will be tried again")]
    private partial void LogFailed(Exception exception);
}
