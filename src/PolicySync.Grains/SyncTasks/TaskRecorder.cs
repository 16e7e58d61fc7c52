using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Waits;
using PolicySync.Grains.Webhooks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Stores the progress of a task: results first, and at checkpoints the counts together with the cursor. A resumed task writes the
/// results after its cursor again, under the same numbers. While the store does not answer, every call waits, as the progress has
/// no other place. When the store reports another owner of the task, calls end with <see cref="TaskTakenOverException"/>.
/// </summary>
internal sealed class TaskRecorder(SyncTask task, ITaskStore store, WebhookNotices? notices, AuditNotices? audit, WaitBoard waits, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Most results between two checkpoints, which a resumed task may repeat.</summary>
    public const int MaxUnsaved = 100;

    private const int PageSize = 1_000;

    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(1);

    private readonly List<ResourceResult> _ended = [];
    private SyncTask _stored = task;
    private Task _row = Task.CompletedTask;
    private int _unsaved;

    /// <summary>The task as it is now, with what is known but not stored yet.</summary>
    public SyncTask Current { get; private set; } = task with { StartTime = task.StartTime ?? time.GetUtcNow() };

    /// <summary>The task with the results that are not recorded yet counted in.</summary>
    public SyncTask CurrentWithEnded => TaskTally.Add(Current, _ended);

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

    /// <summary>Notes a result that <see cref="AddAsync"/> will record with others.</summary>
    public void Note(ResourceResult result) => _ended.Add(result);

    /// <summary>Stores results that <see cref="AddAsync"/> will record, so that readers see them earlier.</summary>
    /// <param name="offset">Their place among the results to be recorded.</param>
    /// <param name="results">The results.</param>
    public Task StoreEarlyAsync(int offset, IReadOnlyList<ResourceResult> results) =>
        PersistAsync(() => store.SaveResultsAsync(Current.Id, Cursor.NextResult + offset, results, stopping));

    /// <summary>Stores results under the next numbers, counts them, and returns the first number.</summary>
    /// <param name="results">The results.</param>
    /// <param name="stored">How many of the first ones <see cref="StoreEarlyAsync"/> has stored.</param>
    public async Task<long> AddAsync(IReadOnlyList<ResourceResult> results, int stored = 0)
    {
        var first = Cursor.NextResult;
        if (results.Count > stored)
        {
            IReadOnlyList<ResourceResult> rest = stored == 0 ? results : [.. results.Skip(stored)];
            await PersistAsync(() => store.SaveResultsAsync(Current.Id, first + stored, rest, stopping));
        }

        _ended.Clear();
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
            var page = await ReadPageAsync(ResultFilter.All, PageSize, token);
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
        (await ReadPageAsync(ResultFilter.Of(ResourceStatus.Skipped), 1, null)).Resources is [var first, ..] ? first.Message : null;

    /// <summary>Stores the final state. Readers see the task as ended only then.</summary>
    public Task FinishAsync(SyncTask ended) => InTurnAsync(async () =>
    {
        ended = ended with { EndTime = time.GetUtcNow(), Cursor = null, Cancel = Current.Cancel };
        await PersistAsync(() => notices?.AddAsync(ended, stopping) ?? Task.CompletedTask); // first, so that a crash in between loses no event
        await PersistAsync(() => audit?.TellAsync(ended) ?? Task.CompletedTask);
        Current = await PersistAsync(() => store.FinishAsync(ended, stopping)); // the end that was written first, by whichever owner
    });

    /// <summary>
    /// Stores a request to cancel the task, on top of what was stored last. No effect when there is one, or when the task has ended.
    /// </summary>
    public Task RequestCancelAsync(TaskCancel cancel) => InTurnAsync(async () =>
    {
        if (Current.Cancel is null && !Current.Status.IsTerminal())
        {
            await SaveAsync(_stored with { Cancel = cancel, StartTime = Current.StartTime });
            Current = Current with { Cancel = cancel };
        }
    });

    /// <summary>Counts results that an owner before this one stored and did not count, and returns their full names.</summary>
    public async Task<IReadOnlySet<string>> CountStoredAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await PersistAsync(() => store.ReadResultsAfterAsync(Current.Id, Cursor.NextResult - 1, PageSize, stopping)) is { Count: > 0 } more)
        {
            Cursor = Cursor with { NextResult = more[^1].Number + 1 };
            Current = TaskTally.Add(Current, [.. more.Select(numbered => numbered.Result)]);
            names.UnionWith(more.Select(numbered => numbered.Result.FullName));
        }

        return names;
    }

    /// <summary>Stores the counts together with the cursor, which must be consistent.</summary>
    public Task CheckpointAsync() => InTurnAsync(async () =>
    {
        Current = Current with { Cursor = Cursor.ToJson() };
        await SaveAsync(Current);
        _unsaved = 0;
    });

    // One write of the task's row at a time: each needs the version that the one before has made.
    private Task InTurnAsync(Func<Task> write) => _row = AfterAsync(_row, write);

    private static async Task AfterAsync(Task before, Func<Task> write)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await write();
    }

    private async Task SaveAsync(SyncTask state)
    {
        state = state with { Status = SyncTaskStatus.InProgress, Message = TaskMessages.InProgress };
        _stored = await PersistAsync(() => store.SaveAsync(state, stopping));
        Current = Current with { Status = state.Status, Message = state.Message, Version = _stored.Version };
    }

    private Task<ResultPage> ReadPageAsync(ResultFilter filter, int pageSize, string? token) =>
        PersistAsync(() => store.ReadResultsAsync(Current.Id, filter, pageSize, token, stopping));

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
