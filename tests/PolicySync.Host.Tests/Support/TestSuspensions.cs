using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;
using PolicySync.Host.Storage;

namespace PolicySync.Host.Tests.Support;

/// <summary>Suspensions in memory, which meet the same faults as the tasks beside them.</summary>
internal sealed class TestSuspensions(TestStore store, TimeProvider time) : ISuspensions
{
    private readonly MemorySuspensions _inner = new(time);

    public async Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation)
    {
        await store.Before();
        return await _inner.ReadAsync(cancellation);
    }

    public async Task SetAsync(Suspension suspension, CancellationToken cancellation)
    {
        await store.Before();
        await _inner.SetAsync(suspension, cancellation);
    }

    public async Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation)
    {
        await store.Before();
        return await _inner.RemoveAsync(pattern, cancellation);
    }
}
