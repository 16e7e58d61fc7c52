using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Begins the tasks that found no room in this silo as room comes, in turns that go round the shares.</summary>
internal sealed partial class TaskBacklog(
    TaskAdmission admission,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    GrainSettings settings,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<TaskBacklog> logger) : BackgroundService
{
    /// <summary>A task whose beginning takes longer is left to itself: the call goes on without us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A task that could not be begun goes to the end of the line after this.</summary>
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Drivers end as soon as the process is told to stop: what they leave is not room.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        try
        {
            await Task.WhenAll(ServeAsync(admission.Short, either.Token), ServeAsync(admission.Long, either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // the process ends; what waits is in the store
        }
    }

    private async Task ServeAsync(TaskPool pool, CancellationToken stopping)
    {
        while (true)
        {
            _ = BeginAsync(pool, await pool.NextAsync(stopping), stopping);
        }
    }

    private async Task BeginAsync(TaskPool pool, WaitingTask task, CancellationToken stopping)
    {
        await Task.Yield();
        LocalPlacement.Request(silo);
        try
        {
            // An old one may have been begun elsewhere by a look for open tasks, and have ended: the store knows.
            var grain = grains.GetGrain<ISyncTaskGrain>(task.Id.Value);
            var begun = task.Accepted is { } accepted && time.GetUtcNow() - task.Id.Time < settings.RecoveryMinAge
                ? grain.BeginAsync(accepted)
                : grain.StartAsync();
            await begun.WaitAsync(Patience, time, stopping);
        }
        catch (Exception e)
        {
            if (!stopping.IsCancellationRequested)
            {
                LogNotBegun(e, task.Id.ToString());
                await Task.Delay(BeforeRepeating, time, CancellationToken.None); // its turn lasts: a fault must not use up the line
                pool.Wait(task.Id, pool.CompleteTurn(task.Id), accepted: null);
                return;
            }
        }

        pool.CompleteTurn(task.Id);
    }

    [LoggerMessage(34, LogLevel.Warning, "task {TaskId} waited for its turn and could not be begun; it will be tried again")]
    private partial void LogNotBegun(Exception exception, string taskId);
}
