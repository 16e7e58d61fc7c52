using System.Globalization;
using PolicySync.Core.Drift;

namespace PolicySync.Host.Storage;

/// <summary>Keeps the differences of securables in memory, like the states beside them. Nothing survives the process.</summary>
internal sealed class MemoryDrift : IDriftStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, DriftRecord> _records = new(StringComparer.Ordinal);
    private long _version;

    public Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_records.GetValueOrDefault(key));
        }
    }

    public Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation)
    {
        var key = DriftId.KeyOf(record.Securable);
        lock (_gate)
        {
            if (_records.GetValueOrDefault(key)?.Version != record.Version)
            {
                return Task.FromResult(false);
            }

            _records[key] = record with { Version = (++_version).ToString(CultureInfo.InvariantCulture) };
            return Task.FromResult(true);
        }
    }

    public Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation)
    {
        var key = DriftId.KeyOf(record.Securable);
        lock (_gate)
        {
            if (_records.TryGetValue(key, out var stored) && stored.Version != record.Version)
            {
                return Task.FromResult(false);
            }

            _records.Remove(key);
            return Task.FromResult(true);
        }
    }

    public Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<DriftRecord>>(
                [.. _records.Where(entry => string.CompareOrdinal(entry.Key, from) >= 0).Select(entry => entry.Value).Take(count)]);
        }
    }
}
