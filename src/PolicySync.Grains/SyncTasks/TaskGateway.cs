using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>What an API needs of tasks: accept, read, list. Safe for concurrent use; works in silos and in clients.</summary>
public sealed class TaskGateway(ITaskStore store, IGrainFactory grains, TimeProvider time)
{
    /// <summary>
    /// How long an accepted task's first step may delay the answer. The task is durable before it begins; this only
    /// lets the answer tell what is already known (a task that is SKIPPED at once, say).
    /// </summary>
    private static readonly TimeSpan FirstStep = TimeSpan.FromSeconds(2);

    private const int Attempts = 3;

    private readonly Handover _handover = new();

    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes a task durable, begins it, and returns it as it stands.</summary>
    /// <exception cref="Core.Errors.SyncException">
    /// <see cref="Core.Errors.SyncErrorCode.Unavailable"/> when the store does not answer; the task may run all the same.
    /// </exception>
    public async Task<SyncTask> SubmitAsync(SyncRequest request, CancellationToken cancellation)
    {
        var task = await store.AcceptAsync(request, cancellation);
        TaskTrace.Mark(task.Id);
        var accepted = AcceptedTask.Of(task);
        return await _handover.BeginAsync(TaskShare.Of(request), () => SeeAsync(task, grain => grain.BeginAsync(accepted), CancellationToken.None)) is { } view
            ? view.Over(task)
            : task;
    }

    /// <summary>A task as it stands; null when there is none.</summary>
    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        TaskTrace.Mark(id);
        var task = await store.FindAsync(id, cancellation);
        if (task is null || task.Status.IsTerminal())
        {
            return task;
        }

        return await SeeAsync(task, grain => grain.ViewAsync(), cancellation) switch
        {
            null => task with { Message = SyncTaskStatuses.UnansweredMessage }, // nobody drives it, or who does cannot be reached
            // An ended task is in the store, with what its view leaves out.
            { } view when view.Status.IsTerminal() => await store.FindAsync(task.Id, cancellation) ?? view.Over(task),
            { } view => view.Over(task),
        };
    }

    /// <summary>A page of a task's results; null when there is no such task.</summary>
    /// <exception cref="ArgumentException">The page token is not one that was given out.</exception>
    public async Task<ResultPage?> ResourcesAsync(
        TaskId id, ResourceStatus? status, int pageSize, string? pageToken, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is null
            ? null
            : await store.ReadResultsAsync(id, status, pageSize, pageToken, cancellation);

    // The row is durable and recovery begins what this call could not: an error here would make the caller repeat a task
    // that runs, and what the store last heard of it is true, if older. A silo that just died answers by its successor.
    private async Task<TaskView?> SeeAsync(SyncTask task, Func<ISyncTaskGrain, Task<TaskView?>> look, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(FirstStep, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await look(grains.GetGrain<ISyncTaskGrain>(task.Id.Value)).WaitAsync(enough.Token);
            }
            catch (Exception e) when (attempt < Attempts && GrainCalls.IsUnreachable(e, enough.Token))
            {
                await Task.Delay(BeforeRepeating, time, CancellationToken.None); // a silo that is just leaving: its successor answers
            }
            catch (Exception)
            {
                return null;
            }
        }
    }
}
