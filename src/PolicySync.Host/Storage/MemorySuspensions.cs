using System.Collections.Concurrent;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;

namespace PolicySync.Host.Storage;

/// <summary>Keeps suspensions in memory, like the states of the securables that they concern. Nothing survives the process.</summary>
internal sealed class MemorySuspensions(TimeProvider time) : ISuspensions
{
    private readonly ConcurrentDictionary<string, Suspension> _suspensions = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var ended in _suspensions.Where(entry => !entry.Value.IsInForce(now)))
        {
            _suspensions.TryRemove(ended); // unless it was replaced meanwhile
        }

        return Task.FromResult<IReadOnlyList<Suspension>>(
            [.. _suspensions.Values.OrderBy(suspension => suspension.Pattern.Key, StringComparer.Ordinal)]);
    }

    public Task SetAsync(Suspension suspension, CancellationToken cancellation)
    {
        _suspensions[suspension.Pattern.Key] = suspension;
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation) =>
        Task.FromResult(_suspensions.TryRemove(pattern.Key, out _));
}
