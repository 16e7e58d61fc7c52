using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Hosts the driver of one task. Its state is the task's row in the store; it has none of its own.</summary>
internal sealed partial class SyncTaskGrain(
    ITaskStore store,
    IUnityCatalog catalog,
    GrainSettings settings,
    IOptions<SyncOptions> sync,
    IOptions<TasksOptions> tasks,
    TimeProvider time,
    ILogger<SyncTaskGrain> logger) : Grain, ISyncTaskGrain
{
    private Task? _starting;
    private SyncTask? _ended;
    private TaskDriver? _driver;

    public async Task<TaskView?> StartAsync()
    {
        // Interleaved callers share one start: a second driver would do everything twice.
        _starting ??= BeginAsync();
        try
        {
            await _starting;
        }
        catch
        {
            _starting = null; // the store did not answer; the next call tries again
            throw;
        }

        return View();
    }

    public async Task<TaskView?> ViewAsync()
    {
        if (_driver is null && _ended is null && await store.FindAsync(new TaskId(this.GetPrimaryKeyLong()), CancellationToken.None) is { } stored)
        {
            return TaskView.Of(stored);
        }

        return View();
    }

    private TaskView? View() =>
        _driver is { } driver ? TaskView.Of(driver.Task with { Status = driver.LiveStatus })
        : _ended is { } ended ? TaskView.Of(ended)
        : null;

    private async Task BeginAsync()
    {
        var task = await store.FindAsync(new TaskId(this.GetPrimaryKeyLong()), CancellationToken.None);
        if (task is null)
        {
            DeactivateOnIdle();
            return;
        }

        if (task.Status.IsTerminal())
        {
            _ended = task;
            await store.FinishAsync(task, CancellationToken.None); // a crash may have left it among the open ones
            DeactivateOnIdle();
            return;
        }

        var managed = new Managed(sync.Value);
        _driver = new TaskDriver(
            task, TaskPlan.Of(task.Request, managed), store, catalog, GrainFactory, settings, managed, sync.Value, tasks.Value, time);
        DelayDeactivation(tasks.Value.MaxAge + TimeSpan.FromHours(1));
        _ = DriveAsync(_driver);
        await _driver.Begun;
    }

    private async Task DriveAsync(TaskDriver driver)
    {
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["taskId"] = driver.Task.Id.ToString() });
        try
        {
            await driver.RunAsync();
            LogEnded(driver.Task.Id.ToString(), driver.Task.Status, driver.Task.Message);
        }
        catch (Exception e)
        {
            // The row is still open, so recovery starts the task again on a fresh activation.
            LogFailed(e, driver.Task.Id.ToString());
        }

        DeactivateOnIdle();
    }

    [LoggerMessage(20, LogLevel.Information, "task {TaskId} ended {Status}: {Message}")]
    private partial void LogEnded(string taskId, SyncTaskStatus status, string message);

    [LoggerMessage(21, LogLevel.Error, "task {TaskId} stopped by an unexpected fault; it will be started again")]
    private partial void LogFailed(Exception exception, string taskId);
}
