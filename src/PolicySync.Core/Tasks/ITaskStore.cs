using PolicySync.Core.Errors;

namespace PolicySync.Core.Tasks;

/// <summary>A result and its number.</summary>
/// <param name="Number">From 0, in the order in which the securables were met.</param>
/// <param name="Result">The result.</param>
public readonly record struct NumberedResult(long Number, ResourceResult Result);

/// <summary>One page of a task's results.</summary>
/// <param name="Resources">In the order in which they were met.</param>
/// <param name="NextPageToken">Pass it on to read further; null at the end.</param>
public sealed record ResultPage(IReadOnlyList<ResourceResult> Resources, string? NextPageToken);

/// <summary>
/// Where tasks live. Each method may throw <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/>
/// when the storage does not answer.
/// </summary>
public interface ITaskStore
{
    /// <summary>
    /// Makes <paramref name="request"/> durable under a new id. When this returns, the task survives the loss of any
    /// process; when it throws, the task may still exist and will then run.
    /// </summary>
    Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation);

    /// <summary>
    /// Makes <paramref name="request"/> durable under an id that a key was claimed for. Null when there is an open task of that id:
    /// that of the same key, or of another process that took the same id.
    /// </summary>
    Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation);

    /// <summary>Reads a task, open or ended; null when it does not exist or its retention is over.</summary>
    Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation);

    /// <summary>Whether the task is listed as open, which it may be after its end when its owner died before removing it.</summary>
    Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation);

    /// <summary>
    /// Replaces an open task that is still as its owner read it, accepted it or saved it (<see cref="SyncTask.Version"/>).
    /// Returns it with its new version. Repeating it, when the answer was lost, changes nothing.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.StorageConflict"/>: it has ended or another owner has saved it, so the caller does not own it.
    /// </exception>
    Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation);

    /// <summary>
    /// Writes the final state, then takes the task out of the open ones, in that order: a crash between leaves a task
    /// that is finished and looked at once more, never one that is lost. The first final state is permanent, and is
    /// returned; repeating it changes nothing.
    /// </summary>
    Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation);

    /// <summary>Reads the open tasks of some lanes, oldest first within a lane, without reading finished ones or other lanes.</summary>
    IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation);

    /// <summary>
    /// Reads some of the open tasks, by lane and then by age, oldest first. A task that is open all the while is met once;
    /// finished ones are not read.
    /// </summary>
    /// <param name="after">The task before; null for the first.</param>
    /// <param name="count">At most so many; 1 to 1,000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation);

    /// <summary>Notes that <paramref name="retry"/> repeats what failed in an ended task. No effect when that task is not kept.</summary>
    Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation);

    /// <summary>Reads some of the ended tasks that are kept, newest first by id, without reading those before or after.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">The (younger) task before; null for the newest.</param>
    /// <param name="count">At most so many; 1 to 1,000.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation);

    /// <summary>
    /// Writes results under consecutive numbers from <paramref name="firstOrdinal"/>, replacing existing results: a
    /// window that runs twice is listed once.
    /// </summary>
    Task SaveResultsAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation);

    /// <summary>Reads a page of results.</summary>
    /// <param name="id">The task.</param>
    /// <param name="filter">Which results.</param>
    /// <param name="pageSize">1 to 1,000. A page may be shorter, or empty, before the last one.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ArgumentException">The page token is not one that this store gave.</exception>
    Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation);

    /// <summary>Reads the results with the numbers after <paramref name="after"/> (-1 for all), in their order.</summary>
    /// <param name="id">The task.</param>
    /// <param name="after">The number before.</param>
    /// <param name="count">At most so many; 1 to 1,000. Fewer only when there are no more, or when they are large; at least one of those that exist.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation);
}
