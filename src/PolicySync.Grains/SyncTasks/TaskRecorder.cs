using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Stores the progress of a task: results first, and at checkpoints the counts together with the cursor. A resumed task writes the
/// results after its cursor again, under the same numbers. While the store does not answer, every call waits, as the progress has
/// no other place. When the store reports another owner of the task, calls end with <see cref="TaskTakenOverException"/>.
/// </summary>
internal sealed class TaskRecorder(SyncTask task, ITaskStore store, WaitBoard waits, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Most results between two checkpoints, which a resumed task may repeat.</summary>
    public const int MaxUnsaved = 100;

    private const int PageSize = 1_000;

    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(1);

    private int _unsaved;

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current { get; private set; } = task with { StartTime = task.StartTime ?? time.GetUtcNow() };

    /// <summary>The progress of the task. It advances directly after the results before it were added.</summary>
    public WalkCursor Cursor { get; set; } = WalkCursor.Parse(task.Cursor);

    /// <summary>Why the storage did not answer; null while it answers.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Records that a run used stale policies.</summary>
    public void NoteStale() => Current = Current with { StalePolicies = true };

    /// <summary>Makes a checkpoint, if necessary, before <paramref name="coming"/> more securables are synced. The cursor must be consistent.</summary>
    public async Task MakeRoomAsync(int coming)
    {
        if (_unsaved > 0 && _unsaved + coming > MaxUnsaved)
        {
            await CheckpointAsync();
        }
    }

    /// <summary>Stores results under the next numbers, counts them, and returns the first number.</summary>
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

    /// <summary>Replaces a result and corrects the counts.</summary>
    public async Task ReviseAsync(long number, ResourceResult before, ResourceResult after)
    {
        await PersistAsync(() => store.SaveResultsAsync(Current.Id, number, [after], stopping));
        Current = TaskTally.Replace(Current, before, after);
        await CheckpointAsync(); // or a resumed task would count the new result as the old one
    }

    /// <summary>Reads a stored result, and all before it: for the few that are revised after a restart.</summary>
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

    /// <summary>Reads why the first skipped securable was skipped.</summary>
    public async Task<string?> FirstSkipAsync() =>
        (await ReadPageAsync(ResourceStatus.Skipped, 1, null)).Resources is [var first, ..] ? first.Message : null;

    /// <summary>Stores the final state. Readers see the task as ended only then.</summary>
    public async Task FinishAsync(SyncTask ended)
    {
        ended = ended with { EndTime = time.GetUtcNow(), Cursor = null };
        Current = await PersistAsync(() => store.FinishAsync(ended, stopping)); // the end that was written first, by whichever owner
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
                throw new TaskTakenOverException(e); // two owners must not overwrite each other in turns
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

/// <summary>Another silo drives or ended the task: this owner was cut off and replaced, and stops.</summary>
internal sealed class TaskTakenOverException(Exception cause) : Exception("another owner drives the task", cause);
