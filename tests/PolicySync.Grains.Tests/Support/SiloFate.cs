using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.Core.Drift;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>
/// Whether a silo lives. What runs in a dead one cannot be stopped in this process; but nothing that it calls acts or
/// answers any more, which is all that the world outside a killed process sees.
/// </summary>
internal sealed class SiloFate
{
    private volatile bool _isDead;

    public bool IsDead => _isDead;

    /// <summary>Open tasks are not found in it.</summary>
    public bool IsBlind { get; set; }

    public void Die() => _isDead = true;

    public async Task<T> LiveAsync<T>(Func<Task<T>> act)
    {
        await DieIfDeadAsync();
        var answer = await act();
        await DieIfDeadAsync();
        return answer;
    }

    public async Task LiveAsync(Func<Task> act)
    {
        await DieIfDeadAsync();
        await act();
        await DieIfDeadAsync();
    }

    private Task DieIfDeadAsync() => _isDead ? new TaskCompletionSource().Task : Task.CompletedTask;
}

internal sealed class SiloCatalog(IUnityCatalog catalog, SiloFate fate) : IUnityCatalog
{
    public Task<SecurableFacts> GetAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetAsync(securable, meter, cancellation));

    public Task<SecurablePage> ListAsync(
        SecurableType type, Securable? parent, string? pageToken, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.ListAsync(type, parent, pageToken, meter, cancellation));

    public Task<IReadOnlyList<Assignment>> GetPermissionsAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetPermissionsAsync(securable, meter, cancellation));

    public Task<IReadOnlyList<Assignment>> GetPermissionsAgainAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetPermissionsAgainAsync(securable, meter, cancellation));

    public Task<IReadOnlyList<InheritedGrant>> GetInheritedAsync(Securable securable, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetInheritedAsync(securable, meter, cancellation));

    public Task<IReadOnlyList<GrantPolicy>> GetGrantPoliciesAsync(Securable container, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetGrantPoliciesAsync(container, meter, cancellation));

    public Task<string?> GetMetastoreOwnerAsync(CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.GetMetastoreOwnerAsync(meter, cancellation));

    public Task UpdatePermissionsAsync(
        Securable securable, IReadOnlyList<PermissionChange> changes, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => catalog.UpdatePermissionsAsync(securable, changes, timeout, meter, cancellation));

    public PlannedCall DescribeUpdate(Securable securable, IReadOnlyList<PermissionChange> changes) => catalog.DescribeUpdate(securable, changes);
}

internal sealed class SiloGuards(ITableGuards tables, SiloFate fate) : ITableGuards
{
    public Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.GetFunctionAsync(fullName, meter, cancellation));

    public Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.GetTableAsync(table, meter, cancellation));

    public Task<string?> GetWarehouseStateAsync(CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.GetWarehouseStateAsync(meter, cancellation));

    public Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.EnsureWarehouseAsync(meter, cancellation));

    public Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation) =>
        fate.LiveAsync(() => tables.ExecuteAsync(sql, timeout, meter, cancellation));

    public PlannedCall Describe(string sql) => tables.Describe(sql);
}

internal sealed class SiloStates(IGrainStorage states, SiloFate fate) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        fate.LiveAsync(() => states.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        fate.LiveAsync(() => states.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        fate.LiveAsync(() => states.ClearStateAsync(stateName, grainId, grainState));
}

internal sealed class SiloTasks(ITaskStore store, SiloFate fate) : ITaskStore
{
    public Task<SyncTask> AcceptAsync(SyncRequest request, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.AcceptAsync(request, cancellation));

    public Task<SyncTask?> AcceptAsync(TaskId id, SyncRequest request, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.AcceptAsync(id, request, cancellation));

    public Task<bool> IsOpenAsync(TaskId id, CancellationToken cancellation) => fate.LiveAsync(() => store.IsOpenAsync(id, cancellation));

    public Task<SyncTask?> FindAsync(TaskId id, CancellationToken cancellation) => fate.LiveAsync(() => store.FindAsync(id, cancellation));

    public Task<SyncTask> SaveAsync(SyncTask task, CancellationToken cancellation) => fate.LiveAsync(() => store.SaveAsync(task, cancellation));

    public Task<SyncTask> FinishAsync(SyncTask task, CancellationToken cancellation) => fate.LiveAsync(() => store.FinishAsync(task, cancellation));

    public IAsyncEnumerable<OpenTask> OpenTasksAsync(LaneRange lanes, CancellationToken cancellation) =>
        fate.IsBlind ? AsyncEnumerable.Empty<OpenTask>() : store.OpenTasksAsync(lanes, cancellation);

    public Task<TaskSlice> ListOpenAsync(TaskId? after, int count, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.ListOpenAsync(after, count, cancellation));

    public Task<TaskSlice> ListEndedAsync(TaskFilter filter, TaskId? after, int count, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.ListEndedAsync(filter, after, count, cancellation));

    public Task SaveResultsAsync(TaskId id, long firstOrdinal, IReadOnlyList<ResourceResult> results, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.SaveResultsAsync(id, firstOrdinal, results, cancellation));

    public Task<ResultPage> ReadResultsAsync(
        TaskId id, ResultFilter filter, int pageSize, string? pageToken, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.ReadResultsAsync(id, filter, pageSize, pageToken, cancellation));

    public Task<IReadOnlyList<NumberedResult>> ReadResultsAfterAsync(TaskId id, long after, int count, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.ReadResultsAfterAsync(id, after, count, cancellation));

    public Task LinkRetryAsync(TaskId id, TaskId retry, CancellationToken cancellation) =>
        fate.LiveAsync(() => store.LinkRetryAsync(id, retry, cancellation));
}

internal sealed class SiloDrift(IDriftStore drift, SiloFate fate) : IDriftStore
{
    public Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation) => fate.LiveAsync(() => drift.FindAsync(key, cancellation));

    public Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation) => fate.LiveAsync(() => drift.SetAsync(record, cancellation));

    public Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation) => fate.LiveAsync(() => drift.RemoveAsync(record, cancellation));

    public Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation) =>
        fate.LiveAsync(() => drift.ListAsync(from, count, cancellation));
}

internal sealed class SiloSuspensions(ISuspensions suspensions, SiloFate fate) : ISuspensions
{
    public Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation) => fate.LiveAsync(() => suspensions.ReadAsync(cancellation));

    public Task SetAsync(Suspension suspension, CancellationToken cancellation) => fate.LiveAsync(() => suspensions.SetAsync(suspension, cancellation));

    public Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation) => fate.LiveAsync(() => suspensions.RemoveAsync(pattern, cancellation));
}

internal sealed class SiloDues(IDueStore due, SiloFate fate) : IDueStore
{
    public Task AddAsync(IReadOnlyList<DueSecurable> items, CancellationToken cancellation) =>
        fate.LiveAsync(() => due.AddAsync(items, cancellation));

    public IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, CancellationToken cancellation) => due.ReadAsync(now, cancellation);

    public Task RemoveAsync(IReadOnlyList<DueSecurable> items, CancellationToken cancellation) =>
        fate.LiveAsync(() => due.RemoveAsync(items, cancellation));
}

internal sealed class SiloNames(IObjectNames names, SiloFate fate) : IObjectNames
{
    public Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation) =>
        names.FindAsync(type, identity, cancellation);

    public Task SetAsync(ObjectName name, CancellationToken cancellation) => fate.LiveAsync(() => names.SetAsync(name, cancellation));

    public Task RemoveAsync(ObjectName name, CancellationToken cancellation) => fate.LiveAsync(() => names.RemoveAsync(name, cancellation));
}

/// <summary>Keeps what our own code logs as an error while its silo lives.</summary>
internal sealed class ErrorLog(ConcurrentQueue<string> errors, SiloFate fate) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new Logger(categoryName.StartsWith("PolicySync", StringComparison.Ordinal) && !categoryName.Contains(".Tests.", StringComparison.Ordinal) ? errors : null, fate);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string>? errors, SiloFate fate) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => errors is not null && logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && !fate.IsDead)
            {
                errors!.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
