using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Storage;

/// <summary>Keeps tasks in memory, for trying the service out. Nothing survives the process.</summary>
internal sealed class MemoryTaskStore(TimeProvider time, Random random, IOptions<TasksOptions> options) : ITaskStore
{
    /// <summary>Number of accepted tasks between two sweeps of expired ones.</summary>
    private const int SweepEvery = 256;

    private readonly TaskIdSource _ids = new(time, random);
    private readonly ConcurrentDictionary<TaskId, Entry> _tasks = new();
    private int _accepted;
    private long _versions;

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _accepted) % SweepEvery == 0)
        {
            Sweep();
        }

        var id = _ids.Next(lane: 0);
        var task = new SyncTask { Id = id, Request = request, CreateTime = id.Time };
        _tasks[id] = new Entry { Current = task };
        return Task.FromResult(task);
    }

    public Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation)
    {
        var task = new SyncTask { Id = id, Request = request, CreateTime = id.Time };
        return Task.FromResult(_tasks.TryAdd(id, new Entry { Current = task }) ? task : null);
    }

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        Task.FromResult(_tasks.TryGetValue(id, out var entry) && !IsExpired(entry.Current) ? entry.Current : null);

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) =>
        Task.FromResult(_tasks.TryGetValue(id, out var entry) && !entry.Current.Status.IsTerminal());

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation)
    {
        if (!_tasks.TryGetValue(task.Id, out var entry))
        {
            throw SavedByAnother(task.Id);
        }

        lock (entry.Results)
        {
            if (entry.Current.Status.IsTerminal() || entry.Current.Version != task.Version)
            {
                throw SavedByAnother(task.Id);
            }

            return Task.FromResult(entry.Current = task with { Version = Interlocked.Increment(ref _versions).ToString(CultureInfo.InvariantCulture) });
        }
    }

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation)
    {
        if (!_tasks.TryGetValue(task.Id, out var entry))
        {
            return Task.FromResult(task);
        }

        lock (entry.Results)
        {
            return Task.FromResult(entry.Current.Status.IsTerminal() ? entry.Current : entry.Current = task);
        }
    }

    public async IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var entry in _tasks.Values.Where(entry => !entry.Current.Status.IsTerminal() && lanes.Holds(entry.Current.Id.Lane)).OrderBy(entry => entry.Current.Id))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new OpenTask(entry.Current.Id, TaskShare.Of(entry.Current.Request));
        }
    }

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        _tasks.Values.Select(entry => entry.Current).Where(task => !task.Status.IsTerminal() && (after is not { } last || task.Id.Value > last.Value))
            .OrderBy(task => task.Id), count));

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation)
    {
        if (_tasks.TryGetValue(id, out var entry))
        {
            lock (entry.Results)
            {
                entry.Current = entry.Current with { RetriedBy = retry };
            }
        }

        return Task.CompletedTask;
    }

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        _tasks.Values.Select(entry => entry.Current)
            .Where(task => task.Status.IsTerminal() && !IsExpired(task) && IsMeant(task, filter) && (after is not { } last || task.Id.Value < last.Value))
            .OrderByDescending(task => task.Id), count));

    public Task SaveResultsAsync(
        TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        if (_tasks.TryGetValue(id, out var entry))
        {
            lock (entry.Results)
            {
                for (var i = 0; i < results.Count; i++)
                {
                    entry.Results[firstOrdinal + i] = results[i];
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var from = 0L;
        if (pageToken is not null && !long.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            throw new ArgumentException("the page token was not issued for this list", nameof(pageToken));
        }

        if (!_tasks.TryGetValue(id, out var entry))
        {
            return Task.FromResult(new ResultPage([], null));
        }

        lock (entry.Results)
        {
            // One result more than the page shows whether there is a next page, and where it begins.
            var found = entry.Results.Where(result => result.Key >= from && filter.Matches(result.Value))
                .Take(pageSize + 1).ToList();
            var next = found.Count > pageSize ? found[pageSize].Key.ToString(CultureInfo.InvariantCulture) : null;
            return Task.FromResult(new ResultPage([.. found.Take(pageSize).Select(result => result.Value)], next));
        }
    }

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation)
    {
        if (!_tasks.TryGetValue(id, out var entry))
        {
            return Task.FromResult<IReadOnlyList<NumberedResult>>([]);
        }

        lock (entry.Results)
        {
            return Task.FromResult<IReadOnlyList<NumberedResult>>(
                [.. entry.Results.Where(result => result.Key > after).Take(count).Select(result => new NumberedResult(result.Key, result.Value))]);
        }
    }

    // A summary may not have all resources.
    private static bool IsMeant(SyncTask task, TaskFilter filter) =>
        (filter with { Securable = null }).Matches(TaskSummary.Of(task))
        && filter.Securable?.IsNamedBy(task.Request) is not false;

    private static SyncException SavedByAnother(TaskId id) =>
        new(SyncErrorCode.StorageConflict, $"task `{id}` has ended or was saved by another owner");

    private static TaskSlice Slice(IEnumerable<SyncTask> tasks, int count)
    {
        var found = tasks.Take(count + 1).Select(TaskSummary.Of).ToList();
        return found.Count > count ? new TaskSlice([.. found.Take(count)], found[count - 1].Id) : new TaskSlice(found, Next: null);
    }

    private void Sweep()
    {
        foreach (var entry in _tasks.Values.Where(entry => IsExpired(entry.Current)))
        {
            _tasks.TryRemove(entry.Current.Id, out _);
        }
    }

    private bool IsExpired(SyncTask task) => task.EndTime is { } end && end + options.Value.Retention < time.GetUtcNow();

    private sealed class Entry
    {
        public required volatile SyncTask Current;

        public SortedList<long, ResourceResult> Results { get; } = [];
    }
}
