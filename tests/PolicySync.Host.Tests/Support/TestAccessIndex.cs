using PolicySync.Core.Principals;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Grains.Principals;
using PolicySync.Host.Storage;

namespace PolicySync.Host.Tests.Support;

/// <summary>The index of access in memory, which meets the same faults as the tasks beside it.</summary>
internal sealed class TestAccessIndex(TestStore store) : IAccessIndex
{
    private readonly MemoryAccessIndex _inner = new();

    public Task<string> GetGenerationAsync(CancellationToken cancellation) => _inner.GetGenerationAsync(cancellation);

    public Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation) =>
        _inner.WriteAsync(securable, rows, cancellation);

    public async Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation)
    {
        await store.Before();
        return await _inner.ReadAsync(key, beginning, after, count, cancellation);
    }
}

/// <summary>A silo whose directory lists one user, in two groups.</summary>
internal sealed class RecordedDirectory : IDirectoryReaderGrain
{
    public Task<ListedPrincipal> FindAsync(string name) => Task.FromResult(string.Equals(name, "ann@x.io", StringComparison.OrdinalIgnoreCase)
        ? new ListedPrincipal("Ann@x.io", PrincipalKind.User, ["leads", "staff"]) : new ListedPrincipal(name, PrincipalKind.Unknown, []));
}
