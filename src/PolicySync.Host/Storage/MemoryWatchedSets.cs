using System.Collections.Concurrent;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.Host.Storage;

/// <summary>Keeps the policies whose changes were dealt with last in memory. Nothing survives the process.</summary>
internal sealed class MemoryWatchedSets : IWatchedSets
{
    private readonly ConcurrentDictionary<string, byte[]> _sets = new(StringComparer.Ordinal);

    public Task PutAsync(string hash, byte[] stored, CancellationToken cancellation)
    {
        _sets[hash] = stored;
        return Task.CompletedTask;
    }

    public Task<byte[]?> FindAsync(string hash, CancellationToken cancellation) => Task.FromResult(_sets.GetValueOrDefault(hash));

    public Task DeleteAsync(string hash, CancellationToken cancellation)
    {
        _sets.TryRemove(hash, out _);
        return Task.CompletedTask;
    }
}
