using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Compares what a dry run of a plan's resources finds with the plan. It takes the place of the store of that dry run, of which nothing
/// is stored.
/// </summary>
internal sealed class PlanCheck(AgreedPlan plan) : ITaskStore
{
    /// <summary>Most securables that are named.</summary>
    public const int MaxNamed = 1_000;

    // Results of containers are revised by what comes after their contents, so they are compared at the end.
    private readonly Dictionary<long, ResourceResult> _containers = [];
    private readonly HashSet<string> _missing = [.. plan.Names];
    private readonly List<ResourceResult> _moved = [];

    /// <summary>The number of securables that differ from the plan.</summary>
    public int MovedCount { get; private set; }

    /// <summary>The first securables that differ, each as a failed result.</summary>
    public IReadOnlyList<ResourceResult> Moved => _moved;

    /// <summary>Compares what is left after the dry run has met all its securables.</summary>
    public void Complete()
    {
        foreach (var container in _containers.Values)
        {
            Compare(container);
        }

        foreach (var name in _missing.Order(StringComparer.Ordinal))
        {
            var space = name.IndexOf(' ', StringComparison.Ordinal);
            Add(name[..space], name[(space + 1)..], "the plan changes it, and it was not found");
        }
    }

    public Task SaveResultsAsync(TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        foreach (var (index, result) in results.Index())
        {
            if (result.Type is "catalog" or "schema" or "metastore")
            {
                _containers[firstOrdinal + index] = result;
            }
            else
            {
                Compare(result);
            }
        }

        return Task.CompletedTask;
    }

    private void Compare(ResourceResult result)
    {
        var name = AgreedPlan.NameOf(result);
        var planned = plan.DigestOf(name);
        if (result.Error is { Code: SyncErrorCode.SecurableNotFound } || (result.Status == ResourceStatus.Skipped && planned is { Length: 0 }))
        {
            return; // if the plan changes it, it is among those that were not found
        }

        _missing.Remove(name);
        if (result.Status != ResourceStatus.Success)
        {
            Add(result);
        }
        else if (planned is null || result.Effect?.Digest != planned)
        {
            Add(result.Type, result.FullName, planned is null ? "it has more changes than can be compared"
                : planned.Length == 0 ? "the plan leaves it as it is, and now it would be changed"
                : result.Effect?.Digest is { Length: 0 } ? "the plan changes it, and now there is nothing to change"
                : "its changes are not those of the plan any more");
        }
    }

    private void Add(string type, string fullName, string what) => Add(new ResourceResult
    {
        Type = type,
        FullName = fullName,
        Status = ResourceStatus.Failed,
        Message = what,
        Error = new ResultError(SyncErrorCode.PlanOutdated, what),
    });

    private void Add(ResourceResult result)
    {
        MovedCount++;
        if (_moved.Count < MaxNamed)
        {
            _moved.Add(result with { Changes = [], ChangeCount = 0, Drifted = false, PlannedCalls = [], PlannedCallCount = 0, Effect = null });
        }
    }

    // The dry run has one driver, which writes what it reads.
    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation) => Task.FromResult(task);

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation) => Task.FromResult(task);

    public Task<ResultPage> ReadResultsAsync(TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation) =>
        Task.FromResult(new ResultPage([], null));

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NumberedResult>>([]);

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation) => throw new NotSupportedException();

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation) => throw new NotSupportedException();
}
