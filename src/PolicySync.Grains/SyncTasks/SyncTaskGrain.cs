using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Hosts the driver of one task. The task's row in the store is its only state.</summary>
internal sealed partial class SyncTaskGrain(
    TaskServices services, IHostApplicationLifetime host, ILogger<SyncTaskGrain> logger) : Grain, ISyncTaskGrain, IDisposable
{
    /// <summary>Longest wait for a cancel to be stored; a call between processes may take 8 seconds.</summary>
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the activation of a task that was cancelled before it was driven is kept. A start that is on its way carries the task
    /// as it was accepted, and must find that it has ended.
    /// </summary>
    private static readonly TimeSpan KeptAfterCancel = TimeSpan.FromMinutes(2);

    // Cancelled when the process or this activation ends. The task stays open then, and another activation resumes it.
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
    private Task? _starting;
    private Task? _startingCancelled;
    private Task _driving = Task.CompletedTask;
    private TaskDriver? _driver;
    private SyncTask? _ended;

    private TaskId Id => new(this.GetPrimaryKeyLong());

    public Task<TaskView?> StartAsync() => StartAsync(null);

    public Task<TaskView?> BeginAsync(AcceptedTask accepted) => StartAsync(accepted);

    private async Task<TaskView?> StartAsync(AcceptedTask? accepted)
    {
        LocalPlacement.Clear(); // the request concerned this grain, not those that it calls
        // Interleaved callers share one start, as a second driver would do everything twice.
        var starting = _starting ??= StartOnceAsync(accepted);
        try
        {
            await starting;
        }
        catch when (_starting == starting)
        {
            _starting = null; // the store did not answer: the next call tries again
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
            DeactivateOnIdle(); // a view alone does not keep the activation
        }

        return View() ?? (stored is null ? null : TaskView.Of(Queued(stored)));
    }

    public async Task<TaskView?> WaitAsync(TimeSpan limit)
    {
        if (_driver is { Current.Status: var status } && !status.IsTerminal())
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            await Task.WhenAny(_driving, Task.Delay(limit, services.Time, ended.Token));
            await ended.CancelAsync();
        }

        return await ViewAsync();
    }

    public async Task<TaskView?> CancelAsync(string? by)
    {
        LocalPlacement.Clear();
        await (_starting ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (View() is null)
        {
            _starting = _startingCancelled ??= StartCancelledAsync(by); // a start that comes late finds the task ended
            try
            {
                await WithinCallAsync(_startingCancelled);
            }
            catch when (_startingCancelled?.IsCompleted is true)
            {
                _starting = _startingCancelled = null;
                throw;
            }
        }
        else if (_driver is { } driver)
        {
            LogCancelling(Id.ToString(), by);
            await WithinCallAsync(driver.CancelAsync(by));
        }

        return View();
    }

    // A task that is not driven: it waits in line, or no silo has started it yet. A driver ends it without entering a pool.
    private async Task StartCancelledAsync(string? by)
    {
        var task = await services.Store.FindAsync(Id, CancellationToken.None);
        if (task?.Status.IsTerminal() is not false)
        {
            _ended = task;
            DeactivateOnIdle();
            return;
        }

        LogCancelling(Id.ToString(), by);
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _driver = new TaskDriver(task with { Cancel = task.Cancel ?? new TaskCancel(by, services.Time.GetUtcNow(), []) }, services, _stop.Token);
        _driving = DriveAsync(_driver, pool: null);
        await _driving;
        if (!_driver.Current.Status.IsTerminal())
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"task `{Id}` could not be ended here; send the request again");
        }
    }

    // The work goes on when it takes longer than a caller may wait.
    private async Task WithinCallAsync(Task work)
    {
        try
        {
            await work.WaitAsync(CancelPatience, services.Time);
        }
        catch (TimeoutException)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"the storage does not answer, so it is not known whether task `{Id}` is cancelled; send the request again");
        }
        catch (TaskTakenOverException)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"another process drives task `{Id}`; send the request again");
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _driving.WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    // The task waits in line at a silo, or is on its way to one. A very young task does not show that yet.
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
        if (!services.Admission.EnterOrEnqueue(pool, Id, share, accepted))
        {
            DeactivateOnIdle();
            return;
        }

        try
        {
            // An accepted task equals its stored row: scans ignore tasks that are this young, so none has started it. If this call
            // comes late nevertheless, the task runs again, which changes nothing.
            task ??= await services.Store.FindAsync(Id, CancellationToken.None);
            if (task?.Status.IsTerminal() is not false)
            {
                // A crash may have left the ended task in the list of open ones.
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
                if (!services.Admission.EnterOrEnqueue(pool, Id, own, accepted: null))
                {
                    DeactivateOnIdle();
                    return;
                }
            }

            _driver = new TaskDriver(task, services, _stop.Token);
        }
        catch
        {
            // The activation stays: a concurrent call may start the task here, and a leaving activation would start what its
            // successor then starts again.
            services.Admission.Leave(pool, Id);
            throw;
        }

        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _driving = DriveAsync(_driver, pool);
        await _driver.Started;
    }

    private async Task DriveAsync(TaskDriver driver, TaskPool? pool)
    {
        var id = Id.ToString();
        using var trace = TaskTrace.BeginTask(logger, Id);
        try
        {
            await driver.RunAsync();
            services.Metrics.RecordEnd(driver.Current);
            LogEnded(id, driver.Current.Request.Subject ?? TaskShare.Of(driver.Current.Request), driver.Current.Status, driver.Current.Message);
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
            LogFailed(e, id); // the row is still open, so recovery starts the task again in a new activation
        }

        if (pool is null)
        {
            DelayDeactivation(KeptAfterCancel);
            return;
        }

        services.Admission.Leave(pool, Id);
        DeactivateOnIdle();
    }

    [LoggerMessage(20, LogLevel.Information, "Task {TaskId} of {RequestedBy} ended {Status}: {Message}")]
    private partial void LogEnded(string taskId, string requestedBy, SyncTaskStatus status, string message);

    [LoggerMessage(21, LogLevel.Error, "Task {TaskId} stopped on an unexpected fault; recovery starts it again")]
    private partial void LogFailed(Exception exception, string taskId);

    [LoggerMessage(22, LogLevel.Information, "Task {TaskId} stays open for another process to resume")]
    private partial void LogHandedOver(string taskId);

    [LoggerMessage(24, LogLevel.Information, "Task {TaskId} is cancelled by {Subject}")]
    private partial void LogCancelling(string taskId, string? subject);

    [LoggerMessage(23, LogLevel.Warning, "Task {TaskId} has another owner; this one stops")]
    private partial void LogTakenOver(Exception exception, string taskId);
}
