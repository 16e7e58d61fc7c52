using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Tables;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>Keeps tasks in three tables: open tasks, finished tasks, results (docs/storage.md).</summary>
internal sealed class AzureTableTaskStore : ITaskStore
{
    private readonly TimeProvider _time;
    private readonly IOptions<TasksOptions> _options;
    private readonly TaskInserts _inserts;
    private readonly OpenTasks _open;
    private readonly FinishedTasks _finished;
    private readonly TaskResults _results;
    private readonly FinishedTaskList _list;

    public AzureTableTaskStore(TableStorage storage, IOptions<TasksOptions> options, TimeProvider time, Random random, IdGenerator ids)
    {
        var prefix = storage.Options.TablePrefix;
        var callTimeout = storage.Options.CallTimeout;
        var open = storage.Table(prefix + "OpenTasks");
        _time = time;
        _options = options;
        _inserts = new TaskInserts(open, callTimeout, time, random, ids);
        _open = new OpenTasks(open, callTimeout, time);
        var finished = storage.Table(prefix + "FinishedTasks");
        _finished = new FinishedTasks(finished, callTimeout, time);
        _list = new FinishedTaskList(finished);
        _results = new TaskResults(storage.Table(prefix + "TaskResults"), callTimeout, time);
    }

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation)
    {
        var task = new SyncTask { Id = default, Request = request, CreateTime = _time.GetUtcNow() };
        return _inserts.InsertAsync(TaskRow.Pack(task), cancellation);
    }

    public async Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation)
    {
        var task = new SyncTask { Id = id, Request = request, CreateTime = _time.GetUtcNow() };
        return await _open.AddAsync(TaskRow.Pack(task), cancellation) ? task : null;
    }

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        // Finished tasks first: most callers wait for the end. Where both rows exist, the owner died before it deleted the
        // open one, and the task has ended. A task that moved between the two reads is found by the third.
        if (await _finished.FindAsync(id, cancellation) is not { } ended)
        {
            if (await _open.FindAsync(id, cancellation) is { } open)
            {
                return open;
            }

            ended = await _finished.FindAsync(id, cancellation);
        }

        return ended is not null && IsKept(ended) ? ended : null;
    }

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => _open.ContainsAsync(id, cancellation);

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation) => _open.SaveAsync(task, cancellation);

    public async Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation)
    {
        var ended = await _finished.AddAsync(task, cancellation);
        await _open.RemoveAsync(task.Id, cancellation);
        return ended;
    }

    public IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation) => _open.ListAsync(lanes, cancellation);

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) =>
        _open.ListAsync(after, count, cancellation);

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var keptSince = now - _options.Value.Retention;
        return _list.ReadAsync(filter, after, count, now, keptSince, keptSince - _options.Value.MaxAge, cancellation);
    }

    public Task SaveResultsAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation) =>
        _results.SaveAsync(id, firstOrdinal, results, cancellation);

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation) => _finished.LinkRetryAsync(id, retry, cancellation);

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 1000);
        return _results.ReadAsync(id, filter, pageSize, pageToken, cancellation);
    }

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        return _results.ReadAfterAsync(id, after, count, cancellation);
    }

    private bool IsKept(SyncTask ended) =>
        _time.GetUtcNow() - (ended.EndTime ?? ended.CreateTime) <= _options.Value.Retention;
}
