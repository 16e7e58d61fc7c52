using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Writes down how far a task has come: results first, then, now and again, counts and cursor together. A task that is
/// resumed from them writes the results behind the cursor once more, under the same numbers. Waits as long as the store
/// does not answer: the task is durable and has nowhere else to report to. When the store says that the task has another
/// owner by now, it stops with <see cref="TaskTakenOverException"/>.
/// </summary>
internal sealed class TaskRecorder(SyncTask task, ITaskStore store, WaitBoard waits, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Results between two checkpoints: what a resumed task may repeat.</summary>
    public const int MaxUnsaved = 100;

    private const int PageSize = 1_000;

    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(1);

    private int _unsaved;

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current { get; private set; } = task with { StartTime = task.StartTime ?? time.GetUtcNow() };

    /// <summary>How far it has come. Advanced after the results before it were added, without anything in between.</summary>
    public WalkCursor Cursor { get; set; } = WalkCursor.Parse(task.Cursor);

    /// <summary>Why the storage is waited for; null while it answers.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Notes that a run was served from cached policies.</summary>
    public void NoteStale() => Current = Current with { StalePolicies = true };

    /// <summary>Called before <paramref name="coming"/> more securables are begun, at a consistent cursor.</summary>
    public async Task MakeRoomAsync(int coming)
    {
        if (_unsaved > 0 && _unsaved + coming > MaxUnsaved)
        {
            await CheckpointAsync();
        }
    }

    /// <summary>Stores results under the next numbers and counts them. Returns the first number.</summary>
    public async Task<long> AddAsync(IReadOnlyList<ResourceResult> results)
    {
        var first = Cursor.NextResult;
        if (results.Count > 0)
        {
            await PersistAsync(() => store.SaveResultsAsync(Current.Id, first, results, stopping));
        }

        Cursor = Cursor with { NextResult = first + results.Count };
        Current = TaskTally.Add(Current, results);
        _unsaved += results.Count;
        return first;
    }

    /// <summary>Replaces a result, and what it counts for.</summary>
    public async Task ReviseAsync(long number, ResourceResult before, ResourceResult after)
    {
        await PersistAsync(() => store.SaveResultsAsync(Current.Id, number, [after], stopping));
        Current = TaskTally.Replace(Current, before, after);
        await CheckpointAsync(); // a resumed task would take the new result for the one that its counts know
    }

    /// <summary>A stored result. Reads all before it: for the few that are revised after a restart.</summary>
    public async Task<ResourceResult?> ReadAsync(long number)
    {
        string? token = null;
        for (var left = number; ;)
        {
            var page = await ReadPageAsync(null, PageSize, token);
            if (left < page.Resources.Count)
            {
                return page.Resources[(int)left];
            }

            left -= page.Resources.Count;
            if ((token = page.NextPageToken) is null)
            {
                return null;
            }
        }
    }

    /// <summary>Why the first of the skipped securables was skipped.</summary>
    public async Task<string?> FirstSkipAsync() =>
        (await ReadPageAsync(ResourceStatus.Skipped, 1, null)).Resources is [var first, ..] ? first.Message : null;

    /// <summary>Stores the final state. Only then is the task ended to those who look at it.</summary>
    public async Task FinishAsync(SyncTask ended)
    {
        ended = ended with { EndTime = time.GetUtcNow(), Cursor = null };
        Current = await PersistAsync(() => store.FinishAsync(ended, stopping)); // the first end that anybody wrote
    }

    private async Task CheckpointAsync()
    {
        Current = Current with { Cursor = Cursor.ToJson(), Status = SyncTaskStatus.InProgress, Message = TaskMessages.InProgress };
        var saved = await PersistAsync(() => store.SaveAsync(Current, stopping));
        Current = Current with { Version = saved.Version };
        _unsaved = 0;
    }

    private Task<ResultPage> ReadPageAsync(ResourceStatus? status, int pageSize, string? token) =>
        PersistAsync(() => store.ReadResultsAsync(Current.Id, status, pageSize, token, stopping));

    /// <summary>Repeats a call to the storage until it answers.</summary>
    public Task PersistAsync(Func<Task> call) => PersistAsync(async () =>
    {
        await call();
        return true;
    });

    private async Task<T> PersistAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                var answer = await call();
                Trouble = null;
                return answer;
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.StorageConflict)
            {
                throw new TaskTakenOverException(e); // trying again would be the fight of two owners
            }
            catch (SyncException e) when (e.Recovery == Recovery.Retry)
            {
                Trouble = TaskMessages.Error(e.Code, e.Message);
                waits.Note(WaitKind.Storage, Trouble);
                await Task.Delay(e.RetryAfter ?? Backoff, time, stopping);
            }
        }
    }
}

/// <summary>Another silo goes on with the task, or has ended it: this owner was cut off and replaced, and leaves it alone.</summary>
internal sealed class TaskTakenOverException(Exception cause) : Exception("another owner goes on with the task", cause);
