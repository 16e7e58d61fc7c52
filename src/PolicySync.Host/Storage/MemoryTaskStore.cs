using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Storage;

/// <summary>Tasks in the process's own memory: for trying the service out. Nothing survives the process.</summary>
internal sealed class MemoryTaskStore(TimeProvider time, Random random, IOptions<TasksOptions> options) : ITaskStore
{
    /// <summary>Tasks accepted between two looks for those whose retention is over.</summary>
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
        _tasks[id] = new Entry { Task = task };
        return Task.FromResult(task);
    }

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) =>
        Task.FromResult(_tasks.TryGetValue(id, out var entry) && !IsOver(entry.Task) ? entry.Task : null);

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) =>
        Task.FromResult(_tasks.TryGetValue(id, out var entry) && !entry.Task.Status.IsTerminal());

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation)
    {
        if (!_tasks.TryGetValue(task.Id, out var entry))
        {
            throw Taken(task.Id);
        }

        lock (entry.Results)
        {
            if (entry.Task.Status.IsTerminal() || entry.Task.Version != task.Version)
            {
                throw Taken(task.Id);
            }

            return Task.FromResult(entry.Task = task with { Version = Interlocked.Increment(ref _versions).ToString(CultureInfo.InvariantCulture) });
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
            return Task.FromResult(entry.Task.Status.IsTerminal() ? entry.Task : entry.Task = task);
        }
    }

    public async IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var entry in _tasks.Values.Where(entry => !entry.Task.Status.IsTerminal() && lanes.Holds(entry.Task.Id.Lane)).OrderBy(entry => entry.Task.Id))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new OpenTask(entry.Task.Id, TaskShare.Of(entry.Task.Request));
        }
    }

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        _tasks.Values.Select(entry => entry.Task).Where(task => !task.Status.IsTerminal() && (after is not { } last || task.Id.Value > last.Value))
            .OrderBy(task => task.Id), count));

    public Task<TaskSlice> ListEndedAsync(SyncTaskStatus? status, TaskId? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        _tasks.Values.Select(entry => entry.Task)
            .Where(task => task.Status.IsTerminal() && !IsOver(task) && (status is null || task.Status == status) && (after is not { } last || task.Id.Value < last.Value))
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
        TaskId id, ResourceStatus? status, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        var from = 0L;
        if (pageToken is not null && !long.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            throw new ArgumentException("not a page token", nameof(pageToken));
        }

        if (!_tasks.TryGetValue(id, out var entry))
        {
            return Task.FromResult(new ResultPage([], null));
        }

        lock (entry.Results)
        {
            // One more than the page tells whether there is a next one, and where it begins.
            var found = entry.Results.Where(result => result.Key >= from && (status is null || result.Value.Status == status))
                .Take(pageSize + 1).ToList();
            var next = found.Count > pageSize ? found[pageSize].Key.ToString(CultureInfo.InvariantCulture) : null;
            return Task.FromResult(new ResultPage([.. found.Take(pageSize).Select(result => result.Value)], next));
        }
    }

    private static SyncException Taken(TaskId id) =>
        new(SyncErrorCode.StorageConflict, $"task `{id}` has ended or was saved by another owner");

    private static TaskSlice Slice(IEnumerable<SyncTask> tasks, int count)
    {
        var found = tasks.Take(count + 1).Select(TaskSummary.Of).ToList();
        return found.Count > count ? new TaskSlice([.. found.Take(count)], found[count - 1].Id) : new TaskSlice(found, Next: null);
    }

    private void Sweep()
    {
        foreach (var entry in _tasks.Values.Where(entry => IsOver(entry.Task)))
        {
            _tasks.TryRemove(entry.Task.Id, out _);
        }
    }

    private bool IsOver(SyncTask task) => task.EndTime is { } end && end + options.Value.Retention < time.GetUtcNow();

    private sealed class Entry
    {
        public required volatile SyncTask Task;

        public SortedList<long, ResourceResult> Results { get; } = [];
    }
}
