using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>A task store that outlives silos, counts writes and fails on request.</summary>
internal sealed class KeptTasks(TimeProvider time) : ITaskStore
{
    private readonly TaskIdSource _ids = new(time, new Random(7));
    private readonly ConcurrentDictionary<TaskId, SyncTask> _tasks = new();
    private readonly ConcurrentDictionary<TaskId, bool> _open = new();
    private readonly ConcurrentDictionary<TaskId, SortedList<long, ResourceResult>> _results = new();
    private readonly ConcurrentQueue<string> _log = new();

    /// <summary>Asked before each write; what it returns is thrown.</summary>
    public Func<string, SyncTask?, Exception?>? Trouble { get; set; }

    /// <summary>Every write, in order: <c>save</c>, <c>finish</c>, <c>results 0+16</c>.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    public IReadOnlyList<TaskId> Open => [.. _open.Keys];

    /// <summary>All tasks, oldest first.</summary>
    public IReadOnlyList<SyncTask> All => [.. _tasks.Values.OrderBy(task => task.Id)];

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation)
    {
        var id = _ids.Next(0);
        var task = new SyncTask { Id = id, Request = request, CreateTime = time.GetUtcNow() };
        Put(task, isOpen: true);
        return Task.FromResult(task);
    }

    public Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation)
    {
        var task = new SyncTask { Id = id, Request = request, CreateTime = time.GetUtcNow() };
        if (!_tasks.TryAdd(id, task))
        {
            return Task.FromResult<SyncTask?>(null);
        }

        _open[id] = true;
        return Task.FromResult<SyncTask?>(task);
    }

    /// <summary>A task as a process that died left it.</summary>
    public void Put(SyncTask task, bool isOpen)
    {
        _tasks[task.Id] = task;
        if (isOpen)
        {
            _open[task.Id] = true;
        }
    }

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        Check("find", null);
        return Task.FromResult(_tasks.GetValueOrDefault(id));
    }

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => Task.FromResult(_open.ContainsKey(id));

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation)
    {
        Check("save", task);
        _log.Enqueue("save");
        _tasks[task.Id] = task;
        return Task.FromResult(task);
    }

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation)
    {
        Check("finish", task);
        _log.Enqueue("finish");
        _tasks[task.Id] = task;
        Check("finish half", task);
        _open.TryRemove(task.Id, out _);
        return Task.FromResult(task);
    }

    public async IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var id in _open.Keys.Order().Where(id => lanes.Holds(id.Lane)))
        {
            yield return new OpenTask(id, TaskShare.Of(_tasks[id].Request));
        }
    }

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) => Slice(
        _tasks.Values.Where(task => _open.ContainsKey(task.Id) && (after is not { } last || task.Id.Value > last.Value)).OrderBy(task => task.Id), count);

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation) => Slice(
        _tasks.Values.Where(task => task.Status.IsTerminal() && filter.Matches(TaskSummary.Of(task)) && (after is not { } last || task.Id.Value < last.Value))
            .OrderByDescending(task => task.Id), count);

    public Task SaveResultsAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        Check("results", null);
        _log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"results {firstOrdinal}+{results.Count}"));
        var kept = _results.GetOrAdd(id, _ => []);
        lock (kept)
        {
            for (var i = 0; i < results.Count; i++)
            {
                kept[firstOrdinal + i] = results[i];
            }
        }

        return Task.CompletedTask;
    }

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var kept = _results.GetOrAdd(id, _ => []);
        lock (kept)
        {
            var found = kept.Values.Where(filter.Matches)
                .Skip(int.Parse("0" + pageToken, CultureInfo.InvariantCulture)).Take(pageSize + 1).ToList();
            var next = int.Parse("0" + pageToken, CultureInfo.InvariantCulture) + pageSize;
            return Task.FromResult(new ResultPage([.. found.Take(pageSize)], found.Count > pageSize ? $"{next}" : null));
        }
    }

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation)
    {
        var kept = _results.GetOrAdd(id, _ => []);
        lock (kept)
        {
            return Task.FromResult<IReadOnlyList<NumberedResult>>(
                [.. kept.Where(result => result.Key > after).Take(count).Select(result => new NumberedResult(result.Key, result.Value))]);
        }
    }

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation)
    {
        _tasks[id] = _tasks[id] with { RetriedBy = retry };
        return Task.CompletedTask;
    }

    public IReadOnlyList<ResourceResult> ResultsOf(TaskId id)
    {
        var kept = _results.GetOrAdd(id, _ => []);
        lock (kept)
        {
            return [.. kept.Values];
        }
    }

    public void ClearLog() => _log.Clear();

    public static SyncException Down => new(SyncErrorCode.Unavailable, "the storage does not answer");

    private static Task<TaskSlice> Slice(IEnumerable<SyncTask> tasks, int count)
    {
        var found = tasks.Take(count + 1).Select(TaskSummary.Of).ToList();
        return Task.FromResult(new TaskSlice([.. found.Take(count)], found.Count > count ? found[count - 1].Id : null));
    }

    private void Check(string what, SyncTask? task)
    {
        if (Trouble?.Invoke(what, task) is { } trouble)
        {
            throw trouble;
        }
    }
}
