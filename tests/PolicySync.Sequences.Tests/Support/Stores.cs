using PolicySync.Core.Drift;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>Keeps the results of the task at work, and its last state with whoever asks for it.</summary>
internal sealed class TaskResults : ITaskStore
{
    public List<ResourceResult> Results { get; } = [];

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation) => Task.FromResult(task);

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation) => Task.FromResult(task);

    public Task SaveResultsAsync(TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation)
    {
        var first = (int)firstOrdinal;
        for (var i = 0; i < results.Count; i++)
        {
            if (first + i < Results.Count)
            {
                Results[first + i] = results[i];
            }
            else
            {
                Results.Add(results[i]);
            }
        }

        return Task.CompletedTask;
    }

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation) =>
        Task.FromResult(new ResultPage([.. Results], null));

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation) =>
        throw new NotSupportedException();
}

/// <summary>Sequences plan with the policies that are in force.</summary>
internal sealed class NoCandidateSets : ICandidateSets
{
    public Task PutAsync(string hash, byte[] packed, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<byte[]?> FindAsync(string hash, CancellationToken cancellation) => Task.FromResult<byte[]?>(null);
}

/// <summary>Sequences sync by themselves what is due.</summary>
internal sealed class NothingDue : IDueStore
{
    public Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation) => Task.CompletedTask;

    public Task RemoveAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation) => Task.CompletedTask;

    public IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, CancellationToken cancellation) => AsyncEnumerable.Empty<DueSecurable>();
}

/// <summary>Differences of sequences are found by their own checks.</summary>
internal sealed class NothingDrifts : IDriftStore
{
    public Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation) => Task.FromResult<DriftRecord?>(null);

    public Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation) => Task.FromResult(true);

    public Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation) => Task.FromResult(true);

    public Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<DriftRecord>>([]);
}

/// <summary>Sequences suspend nothing.</summary>
internal sealed class NothingSuspended : ISuspensions
{
    public Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Suspension>>([]);

    public Task SetAsync(Suspension suspension, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Names of objects, kept over restarts.</summary>
internal sealed class KnownNames : IObjectNames
{
    private readonly Dictionary<(Securable Securable, string Identity), ObjectName> _names = [];

    public Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ObjectName>>([.. _names.Values.Where(name => name.Securable.Type == type && name.Identity == identity)]);

    public Task SetAsync(ObjectName name, CancellationToken cancellation)
    {
        _names[(name.Securable, name.Identity)] = name;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(ObjectName name, CancellationToken cancellation)
    {
        _names.Remove((name.Securable, name.Identity));
        return Task.CompletedTask;
    }
}
