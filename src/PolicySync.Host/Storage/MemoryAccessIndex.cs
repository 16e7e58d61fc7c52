using System.Collections.Concurrent;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;

namespace PolicySync.Host.Storage;

/// <summary>Keeps the index of access in memory, like the states that it is made from. Nothing survives the process.</summary>
internal sealed class MemoryAccessIndex : IAccessIndex
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Securable, string>> _rows = new(StringComparer.Ordinal);

    public Task<string> GetGenerationAsync(CancellationToken cancellation) => Task.FromResult("memory");

    public Task WriteAsync(Securable securable, IReadOnlyDictionary<string, string?> rows, CancellationToken cancellation)
    {
        foreach (var (key, content) in rows)
        {
            var list = _rows.GetOrAdd(key, static _ => new ConcurrentDictionary<Securable, string>());
            if (content is null)
            {
                list.TryRemove(securable, out _);
            }
            else
            {
                list[securable] = content;
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AccessIndexRow>> ReadAsync(string key, string beginning, string? after, int count, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AccessIndexRow>>(!_rows.TryGetValue(key, out var list) ? [] :
        [
            .. list.Select(row => new AccessIndexRow(row.Key, row.Value, $"{row.Key.FullName} {row.Key.Type}"))
                .Where(row => row.Place.StartsWith(beginning, StringComparison.Ordinal))
                .Where(row => after is null || string.CompareOrdinal(row.Place, after) > 0).OrderBy(row => row.Place, StringComparer.Ordinal).Take(count),
        ]);
}
