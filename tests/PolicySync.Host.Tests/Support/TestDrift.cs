using PolicySync.Core.Drift;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Host.Storage;

namespace PolicySync.Host.Tests.Support;

/// <summary>Differences in memory, which meet the same faults as the tasks beside them.</summary>
internal sealed class TestDrift(TestStore store) : IDriftStore
{
    public static readonly DateTimeOffset Since = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    private readonly MemoryDrift _inner = new();

    /// <summary>A missing grant.</summary>
    public static Difference Missing { get; } = new(DriftKind.Drift, ChangeAction.Grant, "ann@x.io", "SELECT", null) { PolicyId = 7, PolicyName = "sales" };

    /// <summary>A grant of others.</summary>
    public static Difference Foreign { get; } = new(DriftKind.Foreign, null, "eve@x.io", "MODIFY", null) { ChangedBy = "mallory@x.io", ChangedAt = Since };

    /// <summary>Another writer of a record, called before each write.</summary>
    public Func<Task> BeforeSet { get; set; } = () => Task.CompletedTask;

    public static Securable Table(string name) => Securable.Table("main", "s", name);

    /// <summary>The id of a difference of <c>main.s.NAME</c>.</summary>
    public static string IdOf(string name, Difference difference) => DriftId.Of(Table(name), difference);

    /// <summary>Records differences of <c>main.s.NAME</c>.</summary>
    public async Task AddAsync(string name, params Difference[] differences) => Assert.True(await _inner.SetAsync(
        DriftRecord.NoneOf(Table(name)).After(differences, _ => true, adds: true, Since), default));

    public async Task<DriftRecord?> OfAsync(string name) => await _inner.FindAsync(DriftId.KeyOf(Table(name)), default);

    public Task<bool> SetUnseenAsync(DriftRecord record) => _inner.SetAsync(record, default);

    public async Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation)
    {
        await store.Before();
        return await _inner.FindAsync(key, cancellation);
    }

    public async Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation)
    {
        await store.Before();
        await BeforeSet();
        return await _inner.SetAsync(record, cancellation);
    }

    public Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation) => _inner.RemoveAsync(record, cancellation);

    public async Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation)
    {
        await store.Before();
        return await _inner.ListAsync(from, count, cancellation);
    }
}
