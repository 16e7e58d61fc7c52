using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>What an API needs of tasks: accept and read. Safe for concurrent use; works in silos and in clients.</summary>
public sealed class TaskGateway(ITaskStore store, IGrainFactory grains, TimeProvider time, ILogger<TaskGateway> logger)
{
    /// <summary>
    /// How long the first step of an accepted task may delay the answer. The task is durable before it starts; waiting only
    /// lets the answer tell what is known at once, such as that the task is skipped.
    /// </summary>
    private static readonly TimeSpan FirstStep = TimeSpan.FromSeconds(2);

    private const int Attempts = 3;

    private readonly Handover _handover = new();
    private readonly TaskViews _views = new(grains, time, logger);

    /// <summary>Stores a task, starts it, and returns its current state.</summary>
    /// <exception cref="Core.Errors.SyncException">
    /// <see cref="Core.Errors.SyncErrorCode.Unavailable"/> when the store does not answer; the task may have been stored nevertheless.
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

    /// <summary>Returns a page of a task's results; null when there is no such task.</summary>
    /// <exception cref="ArgumentException">The page token was not issued for this list.</exception>
    public async Task<ResultPage?> ResourcesAsync(
        TaskId id, ResourceStatus? status, int pageSize, string? pageToken, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is null
            ? null
            : await store.ReadResultsAsync(id, status, pageSize, pageToken, cancellation);

    private async Task<TaskView?> AskAsync(TaskId id, Func<ISyncTaskGrain, Task<TaskView?>> ask, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(FirstStep, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        return await _views.AskAsync(id, ask, Attempts, either.Token);
    }
}
