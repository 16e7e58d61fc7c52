using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Storage;

/// <summary>Keeps the schedule of due securables in memory, like the tasks and states beside it. Nothing survives the process.</summary>
internal sealed class MemoryDueStore : IDueStore
{
    private readonly ConcurrentDictionary<DueSecurable, bool> _due = new();

    public Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation)
    {
        foreach (var item in due)
        {
            _due[item] = true;
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var item in _due.Keys.Where(item => item.Due <= now)
                     .OrderBy(item => item.Due.Ticks / TimeSpan.TicksPerMinute).ThenBy(item => item.Securable.Type.Depth()).ThenBy(item => item.Due))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    public Task RemoveAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation)
    {
        foreach (var item in due)
        {
            _due.TryRemove(item, out _);
        }

        return Task.CompletedTask;
    }
}
