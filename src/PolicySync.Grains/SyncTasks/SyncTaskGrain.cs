using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Hosts the driver of one task. Its state is the task's row in the store; it has none of its own.</summary>
internal sealed partial class SyncTaskGrain(
    TaskServices services, IHostApplicationLifetime host, ILogger<SyncTaskGrain> logger) : Grain, ISyncTaskGrain, IDisposable
{
    // Cancelled when the process or this activation ends: the task then stays open, for another activation to resume.
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
    private Task? _starting;
    private Task _driving = Task.CompletedTask;
    private TaskDriver? _driver;
    private SyncTask? _ended;

    private TaskId Id => new(this.GetPrimaryKeyLong());

    public Task<TaskView?> StartAsync() => StartAsync(null);

    public Task<TaskView?> BeginAsync(AcceptedTask accepted) => StartAsync(accepted);

    private async Task<TaskView?> StartAsync(AcceptedTask? accepted)
    {
        LocalPlacement.Clear(); // it was about this grain, not about those that it calls
        // Interleaved callers share one start: a second driver would do everything twice.
        var starting = _starting ??= StartOnceAsync(accepted);
        try
        {
            await starting;
        }
        catch when (_starting == starting)
        {
            _starting = null; // the store did not answer; the next call tries again
            throw;
        }

        return View();
    }

    public async Task<TaskView?> ViewAsync()
    {
        if (View() is { } view)
        {
            return view;
        }

        var stored = await services.Store.FindAsync(Id, CancellationToken.None);
        if (_starting is null)
        {
            DeactivateOnIdle(); // nobody has started it here: looking at it is no reason to stay
        }

        return View() ?? (stored is null ? null : TaskView.Of(Queued(stored)));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _driving.WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    // In line at some silo, or on its way there. A task of a moment ago says nothing about it yet.
    private SyncTask Queued(SyncTask stored) =>
        stored.Status.IsTerminal() || services.Time.GetUtcNow() - stored.CreateTime < Standing.Noticeable ? stored : stored with
        {
            Status = SyncTaskStatus.Waiting,
            Message = TaskMessages.Queued,
        };

    private TaskView? View() =>
        _driver is { } driver ? TaskView.Of(driver.Current)
        : _ended is { } ended ? TaskView.Of(ended)
        : null;

    private async Task StartOnceAsync(AcceptedTask? accepted)
    {
        var task = accepted?.ToTask(Id);
        var pool = services.Admission.PoolFor(Id, task);
        var share = task is null ? TaskShare.Common : TaskShare.Of(task.Request);
        if (!services.Admission.EnterOrWait(pool, Id, share, accepted))
        {
            DeactivateOnIdle();
            return;
        }

        try
        {
            // Whoever accepted it knows it as the store does, and calls before anybody looks for open tasks that are this
            // young. Should its call come late all the same, the task runs again, which changes nothing.
            task ??= await services.Store.FindAsync(Id, CancellationToken.None);
            if (task?.Status.IsTerminal() is not false)
            {
                // A crash may have left it among the open ones.
                if (task is not null && await services.Store.IsOpenAsync(Id, CancellationToken.None))
                {
                    await services.Store.FinishAsync(task, CancellationToken.None);
                }

                _ended = task;
                services.Admission.Leave(pool, Id);
                DeactivateOnIdle();
                return;
            }

            var (proper, own) = (services.Admission.PoolFor(Id, task), TaskShare.Of(task.Request));
            if (proper != pool || own != share)
            {
                services.Admission.Leave(pool, Id);
                pool = proper;
                if (!services.Admission.EnterOrWait(pool, Id, own, accepted: null))
                {
                    DeactivateOnIdle();
                    return;
                }
            }

            _driver = new TaskDriver(task, services, _stop.Token);
        }
        catch
        {
            // The activation stays: others who are asking right now start the task here, and one that is leaving would
            // begin what its successor then begins again.
            services.Admission.Leave(pool, Id);
            throw;
        }

        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _driving = DriveAsync(_driver, pool);
        await _driver.Begun;
    }

    private async Task DriveAsync(TaskDriver driver, TaskPool pool)
    {
        var id = Id.ToString();
        using var trace = TaskTrace.BeginTask(logger, Id);
        try
        {
            await driver.RunAsync();
            services.Metrics.RecordEnd(driver.Current);
            LogEnded(id, driver.Current.Status, driver.Current.Message);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogHandedOver(id);
        }
        catch (TaskTakenOverException e)
        {
            LogTakenOver(e, id);
        }
        catch (Exception e)
        {
            LogFailed(e, id); // the row is still open, so recovery starts the task again on a fresh activation
        }

        services.Admission.Leave(pool, Id);
        DeactivateOnIdle();
    }

    [LoggerMessage(20, LogLevel.Information, "task {TaskId} ended {Status}: {Message}")]
    private partial void LogEnded(string taskId, SyncTaskStatus status, string message);

    [LoggerMessage(21, LogLevel.Error, "task {TaskId} stopped by an unexpected fault; it will be started again")]
    private partial void LogFailed(Exception exception, string taskId);

    [LoggerMessage(22, LogLevel.Information, "task {TaskId} is left open for another process to go on with")]
    private partial void LogHandedOver(string taskId);

    [LoggerMessage(23, LogLevel.Warning, "task {TaskId} has another owner by now; this one stops")]
    private partial void LogTakenOver(Exception exception, string taskId);
}
