using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Starts every open task of the store, at once after start and then again and again: a task whose owner died has
/// nobody else. Starting a task that runs changes nothing.
/// </summary>
public sealed partial class TaskRecovery(
    ITaskStore store, IGrainFactory grains, GrainSettings settings, TimeProvider time, ILogger<TaskRecovery> logger) : BackgroundService
{
    private const int AtOnce = 64;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.RecoveryPeriod, time);
        do
        {
            try
            {
                await Parallel.ForEachAsync(
                    store.OpenTasksAsync(stoppingToken),
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                    async (id, _) => await grains.GetGrain<ISyncTaskGrain>(id.Value).StartAsync());
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e); // storage or a silo is away; the next round tries again
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "open tasks could not all be looked at")]
    private partial void LogFailed(Exception exception);
}
