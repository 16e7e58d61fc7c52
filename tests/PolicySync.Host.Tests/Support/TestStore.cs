using System.Reflection;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Checks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Principals;
using PolicySync.Grains.Resources;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Storage;

namespace PolicySync.Host.Tests.Support;

/// <summary>The memory store, with a fault switched on before each call when a test wants one.</summary>
internal sealed class TestStore(TimeProvider time) : ITaskStore
{
    /// <summary>What a client asks for where it does not matter what.</summary>
    public static readonly SyncRequest Request = new()
    {
        Type = "RESOURCE_SYNC",
        Resources = [new RequestedResource("catalog", new Dictionary<string, string> { ["catalog"] = "main" })],
    };

    private readonly MemoryTaskStore _inner = new(time, new Random(1), Options.Create(new TasksOptions()));

    /// <summary>Runs before every call.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public SyncRequest? LastRequest { get; private set; }

    public int Accepted { get; private set; }

    public async Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation)
    {
        await Before();
        LastRequest = request;
        Accepted++;
        return await _inner.AcceptAsync(request, cancellation);
    }

    public async Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation)
    {
        await Before();
        LastRequest = request;
        var task = await _inner.AcceptAsync(id, request, cancellation);
        Accepted += task is null ? 0 : 1;
        return task;
    }

    public async Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation)
    {
        await Before();
        return await _inner.FindAsync(id, cancellation);
    }

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => _inner.IsOpenAsync(id, cancellation);

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation) => _inner.SaveAsync(task, cancellation);

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation) => _inner.FinishAsync(task, cancellation);

    public IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation) => _inner.OpenTasksAsync(lanes, cancellation);

    public async Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation)
    {
        await Before();
        return await _inner.ListOpenAsync(after, count, cancellation);
    }

    public async Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation)
    {
        await Before();
        return await _inner.ListEndedAsync(filter, after, count, cancellation);
    }

    /// <summary>Ends every open task well.</summary>
    public async Task FinishAllAsync()
    {
        foreach (var open in (await _inner.ListOpenAsync(null, 1_000, default)).Tasks)
        {
            var task = (await _inner.FindAsync(open.Id, default))!;
            await _inner.FinishAsync(
                task with { Status = SyncTaskStatus.Success, Outcome = SyncTaskOutcome.Succeeded, EndTime = task.CreateTime }, default);
        }
    }

    public Task SaveResultsAsync(TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation) =>
        _inner.SaveResultsAsync(id, firstOrdinal, results, cancellation);

    public async Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation)
    {
        await Before();
        return await _inner.ReadResultsAsync(id, filter, pageSize, pageToken, cancellation);
    }

    public async Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation)
    {
        await Before();
        return await _inner.ReadResultsAfterAsync(id, after, count, cancellation);
    }

    public async Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation)
    {
        await Before();
        await _inner.LinkRetryAsync(id, retry, cancellation);
    }
}

/// <summary>Grains that never have news of a task: what the store holds is all there is.</summary>
public class SilentGrains : DispatchProxy
{
    private Func<Task> _before = () => Task.CompletedTask;

    /// <summary>Creates them.</summary>
    /// <param name="before">Runs before a silo answers with its policies.</param>
    internal static IGrainFactory Create(Func<Task>? before = null)
    {
        var grains = Create<IGrainFactory, SilentGrains>();
        ((SilentGrains)(object)grains)._before = before ?? (() => Task.CompletedTask);
        return grains;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.ReturnType == typeof(IResourceGrain) ? new SilentResource((string)args![0]!)
        : targetMethod?.ReturnType == typeof(IDirectoryReaderGrain) ? new RecordedDirectory()
        : targetMethod?.ReturnType == typeof(IDoctorGrain) ? new RecordedChecks(() => _before())
        : targetMethod?.ReturnType == typeof(IPolicyReaderGrain) ? new RecordedPolicies(() => _before())
        : new SilentTask();

    private sealed class SilentTask : ISyncTaskGrain
    {
        public Task<TaskView?> StartAsync() => Task.FromResult<TaskView?>(null);

        public Task<TaskView?> BeginAsync(AcceptedTask accepted) => Task.FromResult<TaskView?>(null);

        public Task<TaskView?> ViewAsync() => Task.FromResult<TaskView?>(null);

        public Task<TaskView?> WaitAsync(TimeSpan limit) => Task.FromResult<TaskView?>(null);

        // A driver that has securables in work.
        public Task<TaskView?> CancelAsync(string? by) => Task.FromResult<TaskView?>(
            new TaskView(SyncTaskStatus.InProgress, null, TaskMessages.Cancelling(1), null, null, null, false, 1, 0, 0, 0, 0, 0)
            {
                CancelBy = by, CancelTime = DateTimeOffset.UnixEpoch,
            });
    }
}
