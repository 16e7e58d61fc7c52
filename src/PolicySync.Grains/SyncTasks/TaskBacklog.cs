using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Starts the tasks in line as room becomes free. The shares take turns.</summary>
internal sealed partial class TaskBacklog(
    TaskAdmission admission,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    GrainSettings settings,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<TaskBacklog> logger) : BackgroundService
{
    /// <summary>Longest wait for the start of a task. The call itself continues.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a task that could not be started joins the line again.</summary>
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Drivers end when the process is told to stop. The room that they leave is not for further tasks.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        try
        {
            await Task.WhenAll(ServeAsync(admission.Short, either.Token), ServeAsync(admission.Long, either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // the process ends; the tasks in line are in the store
        }
    }

    private async Task ServeAsync(TaskPool pool, CancellationToken stopping)
    {
        while (true)
        {
            _ = StartAsync(pool, await pool.NextAsync(stopping), stopping);
        }
    }

    private async Task StartAsync(TaskPool pool, WaitingTask task, CancellationToken stopping)
    {
        await Task.Yield();
        LocalPlacement.Request(silo);
        try
        {
            // A scan may have started an older task elsewhere, and it may have ended. The store knows.
            var grain = grains.GetGrain<ISyncTaskGrain>(task.Id.Value);
            var started = task.Accepted is { } accepted && time.GetUtcNow() - task.Id.Time < settings.RecoveryMinAge
                ? grain.BeginAsync(accepted)
                : grain.StartAsync();
            await started.WaitAsync(Patience, time, stopping);
        }
        catch (Exception e)
        {
            if (!stopping.IsCancellationRequested)
            {
                LogNotStarted(e, task.Id.ToString());
                await Task.Delay(BeforeRepeating, time, CancellationToken.None); // its turn lasts until then, so that a fault does not drain the line
                pool.Enqueue(task.Id, pool.CompleteTurn(task.Id), accepted: null);
                return;
            }
        }

        pool.CompleteTurn(task.Id);
    }

    [LoggerMessage(34, LogLevel.Warning, "Could not start task {TaskId} at its turn; it joins the line again")]
    private partial void LogNotStarted(Exception exception, string taskId);
}
