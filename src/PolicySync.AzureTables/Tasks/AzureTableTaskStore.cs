using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>Tasks in three tables: open ones, ended ones, results (docs/storage.md).</summary>
internal sealed class AzureTableTaskStore : ITaskStore
{
    private readonly TimeProvider _time;
    private readonly IOptions<TasksOptions> _options;
    private readonly TaskInserts _inserts;
    private readonly OpenTasks _open;
    private readonly FinishedTasks _finished;
    private readonly TaskResults _results;

    public AzureTableTaskStore(TableStorage storage, IOptions<TasksOptions> options, TimeProvider time, Random random)
    {
        var prefix = storage.Options.TablePrefix;
        var open = storage.Table(prefix + "OpenTasks");
        _time = time;
        _options = options;
        _inserts = new TaskInserts(open, storage.Options.CallTimeout, time, random);
        _open = new OpenTasks(open);
        _finished = new FinishedTasks(storage.Table(prefix + "FinishedTasks"));
        _results = new TaskResults(storage.Table(prefix + "TaskResults"));
    }

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation)
    {
        var task = new SyncTask { Id = default, Request = request, CreateTime = _time.GetUtcNow() };
        return _inserts.InsertAsync(TaskRow.Pack(task), cancellation);
    }

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        // Open first, then ended: a task that moves between is seen in one of them. Where both rows stand, its owner
        // died before it took the open one away; the task has ended.
        var open = await _open.FindAsync(id, cancellation);
        var ended = await _finished.FindAsync(id, cancellation);
        return ended is null ? open : IsKept(ended) ? ended : null;
    }

    public Task SaveAsync(SyncTask task, CancellationToken cancellation) => _open.SaveAsync(task, cancellation);

    public async Task FinishAsync(SyncTask task, CancellationToken cancellation)
    {
        await _finished.AddAsync(task, cancellation);
        await _open.RemoveAsync(task.Id, cancellation);
    }

    public IAsyncEnumerable<TaskId> OpenTasksAsync(CancellationToken cancellation) => _open.ListAsync(cancellation);

    public Task SaveResultsAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation) =>
        _results.SaveAsync(id, firstOrdinal, results, cancellation);

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResourceStatus? status, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, 1000);
        return _results.ReadAsync(id, status, pageSize, pageToken, cancellation);
    }

    private bool IsKept(SyncTask ended) =>
        _time.GetUtcNow() - (ended.EndTime ?? ended.CreateTime) <= _options.Value.Retention;
}
