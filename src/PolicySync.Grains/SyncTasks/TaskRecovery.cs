using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Starts every open task of the store, as soon as the process has started and then again and again: a task whose owner
/// died has nobody else. Starting a task that runs changes nothing.
/// </summary>
public sealed partial class TaskRecovery(
    ITaskStore store,
    IGrainFactory grains,
    GrainSettings settings,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<TaskRecovery> logger) : BackgroundService
{
    private const int AtOnce = 64;

    /// <summary>A task whose start takes longer is left to itself: the call goes on without us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken); // before, there is no silo to call
            using var timer = new PeriodicTimer(settings.RecoveryPeriod, time);
            do
            {
                await StartOpenTasksAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task StartOpenTasksAsync(CancellationToken stopping)
    {
        try
        {
            await Parallel.ForEachAsync(
                store.OpenTasksAsync(stopping),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
                async (id, cancellation) => await StartAsync(id, cancellation));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e); // the store does not answer; the next round tries again
        }
    }

    private async Task StartAsync(TaskId id, CancellationToken cancellation)
    {
        try
        {
            await grains.GetGrain<ISyncTaskGrain>(id.Value).StartAsync().WaitAsync(Patience, time, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogNotStarted(e, id.ToString()); // one that cannot be started must not keep the others from it
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(30, LogLevel.Warning, "open tasks could not all be looked at")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(31, LogLevel.Warning, "open task {TaskId} could not be started; it will be tried again")]
    private partial void LogNotStarted(Exception exception, string taskId);
}
