using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>What an API needs of tasks: accept, wait and read. Safe for concurrent use; works in silos and in clients.</summary>
public sealed class TaskGateway(ITaskStore store, IGrainFactory grains, TimeProvider time, ILogger<TaskGateway> logger)
{
    /// <summary>
    /// How long the first step of an accepted task may delay the answer. The task is durable before it starts; waiting only
    /// lets the answer tell what is known at once, such as that the task is skipped.
    /// </summary>
    private static readonly TimeSpan FirstStep = TimeSpan.FromSeconds(2);

    private const int Attempts = 3;

    /// <summary>A call between processes may take <c>Cluster:ResponseTimeout</c>, 8 seconds; one that waits ends well before.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Handover _handover = new();
    private readonly TaskViews _views = new(grains, time, logger);

    /// <summary>Stores a task, starts it, and returns its current state.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/> when the store does not answer; the task may have been stored nevertheless.
    /// </exception>
    public async Task<SyncTask> SubmitAsync(SyncRequest request, CancellationToken cancellation)
    {
        var task = await store.AcceptAsync(request, cancellation);
        return await BeginAsync(task);
    }

    /// <summary>Starts a task that is stored, and returns its current state.</summary>
    internal async Task<SyncTask> BeginAsync(SyncTask task)
    {
        TaskTrace.Mark(task.Id);
        var accepted = AcceptedTask.Of(task);
        return await _handover.BeginAsync(TaskShare.Of(task.Request), () => AskAsync(task.Id, grain => grain.BeginAsync(accepted), CancellationToken.None)) is { } view
            ? view.Over(task)
            : task;
    }

    /// <summary>Returns the current state of a task; null when there is no such task.</summary>
    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        TaskTrace.Mark(id);
        var task = await store.FindAsync(id, cancellation);
        if (task is null || task.Status.IsTerminal())
        {
            return task;
        }

        return await AskAsync(id, grain => grain.ViewAsync(), cancellation) switch
        {
            null => task with { Message = TaskMessages.Unanswered }, // no silo drives it, or the one that does cannot be reached
            // The store holds more of an ended task than its view does.
            { } view when view.Status.IsTerminal() => await store.FindAsync(task.Id, cancellation) ?? view.Over(task),
            { } view => view.Over(task),
        };
    }

    /// <summary>Returns a task when it has ended, or as it is after <paramref name="limit"/>; null when there is no such task.</summary>
    /// <param name="id">The task.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting too: the task is then returned as it is.</param>
    public async Task<SyncTask?> WaitAsync(TaskId id, TimeSpan limit, CancellationToken cancellation) =>
        await FindAsync(id, CancellationToken.None) is { } task ? await WaitAsync(task, limit, cancellation) : null;

    /// <summary>Returns a task when it has ended, or as it is after <paramref name="limit"/>; as it is known where it is kept no longer.</summary>
    /// <param name="task">The task as it was read a moment ago.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting too: the task is then returned as it is.</param>
    public async Task<SyncTask> WaitAsync(SyncTask task, TimeSpan limit, CancellationToken cancellation)
    {
        var id = task.Id;
        var start = time.GetTimestamp();
        var pause = ShortestPause;
        while (true)
        {
            var left = limit - time.GetElapsedTime(start);
            if (task.Status.IsTerminal() || left <= TimeSpan.Zero || cancellation.IsCancellationRequested)
            {
                return task;
            }

            // The silo that drives the task answers when it has ended. Where none does, or one of an earlier build, the task is read
            // again after a pause.
            var asked = time.GetTimestamp();
            var view = await _views.AskAsync(id, grain => grain.WaitAsync(left < LongestCall ? left : LongestCall), attempts: 1, cancellation);
            if (view?.Status.IsTerminal() is not true && time.GetElapsedTime(asked) < pause)
            {
                await Task.Delay(left < pause ? left : pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            task = await FindAsync(id, CancellationToken.None) ?? task;
        }
    }

    /// <summary>
    /// Asks the silo that drives a task, without reading the store: returns the task as it is after <paramref name="pause"/>, in which
    /// its end is noticed at once; null when it has ended or no silo answers, so that the store has to be read.
    /// </summary>
    /// <param name="task">The task as it is known.</param>
    /// <param name="pause">How long to wait for the end.</param>
    /// <param name="cancellation">Ends the waiting too.</param>
    public async Task<SyncTask?> NewsAsync(SyncTask task, TimeSpan pause, CancellationToken cancellation)
    {
        TaskTrace.Mark(task.Id);
        var asked = time.GetTimestamp();
        var view = await _views.AskAsync(task.Id, grain => grain.WaitAsync(pause < LongestCall ? pause : LongestCall), attempts: 1, cancellation);
        if (view?.Status.IsTerminal() is true)
        {
            return null;
        }

        if (pause - time.GetElapsedTime(asked) is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return view?.Over(task);
    }

    /// <summary>Reads the results of a task with the numbers after <paramref name="after"/>, in their order.</summary>
    /// <inheritdoc cref="ITaskStore.ReadResultsAfterAsync"/>
    public Task<IReadOnlyList<NumberedResult>> ResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation) =>
        store.ReadResultsAfterAsync(id, after, count, cancellation);

    /// <summary>
    /// Makes a request to cancel a task durable and returns the task; null when there is no such task, or the caller may not cancel
    /// it. Repeating it, or cancelling a task that has ended, changes nothing.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="by">The subject of the token with which it is requested; null when that has none.</param>
    /// <param name="rights">The securables whose tasks the caller may cancel.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: the storage, or the process that drives the task, does not answer. The task may be
    /// cancelled nevertheless.
    /// </exception>
    public async Task<SyncTask?> CancelAsync(TaskId id, string? by, SecurableRights rights, CancellationToken cancellation)
    {
        TaskTrace.Mark(id);
        var task = await store.FindAsync(id, cancellation);
        if (task is null || !rights.Allow(task.Request))
        {
            return null;
        }

        if (task.Status.IsTerminal())
        {
            return task;
        }

        var view = await _views.AskAsync(id, grain => grain.CancelAsync(by), Attempts, cancellation);
        if (view is not null && !view.Status.IsTerminal())
        {
            return view.Over(task);
        }

        // The store holds more of an ended task than its view does, and tells whether one that did not answer has ended.
        return await store.FindAsync(id, cancellation) switch
        {
            { } stored when view is null && !stored.Status.IsTerminal() => throw new SyncException(
                SyncErrorCode.Unavailable, $"the process that drives task `{id}` does not answer; send the request again"),
            var stored => stored,
        };
    }

    /// <summary>Returns a page of a task's results; null when there is no such task, or it has resources that the rights do not cover.</summary>
    /// <exception cref="ArgumentException">The page token was not issued for this list.</exception>
    public async Task<ResultPage?> ResourcesAsync(
        TaskId id, SecurableRights rights, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } task && rights.Allow(task.Request)
            ? await store.ReadResultsAsync(id, filter, pageSize, pageToken, cancellation)
            : null;

    private async Task<TaskView?> AskAsync(TaskId id, Func<ISyncTaskGrain, Task<TaskView?>> ask, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(FirstStep, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        return await _views.AskAsync(id, ask, Attempts, either.Token);
    }
}
