using PolicySync.Core.Drift;
using PolicySync.Core.Securables;

namespace PolicySync.Host.Api.Catalogs;

/// <summary>How many open differences each securable has that a sync would change, read once for a list.</summary>
internal sealed class OpenDrift
{
    private const int Lot = 500;

    /// <summary>Most records that are read at once. Beyond them, single securables are looked up.</summary>
    private const int MaxLots = 10;

    private readonly IDriftStore _store;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<Securable, int> _counts = [];
    private bool _isWhole;

    private OpenDrift(IDriftStore store, DateTimeOffset now) => (_store, _now) = (store, now);

    /// <summary>Reads the differences.</summary>
    public static async Task<OpenDrift> ReadAsync(IDriftStore store, DateTimeOffset now, CancellationToken cancellation)
    {
        var drift = new OpenDrift(store, now);
        string? from = null;
        for (var lots = 0; lots < MaxLots && !drift._isWhole; lots++)
        {
            var records = await store.ListAsync(from, Lot, cancellation);
            foreach (var record in records)
            {
                drift._counts[record.Securable] = drift.CountOf(record);
            }

            drift._isWhole = records.Count < Lot;
            from = records.Count > 0 ? DriftId.KeyOf(records[^1].Securable) : from;
        }

        return drift;
    }

    /// <summary>The number of open differences of a securable.</summary>
    public async ValueTask<int> CountAsync(Securable securable, CancellationToken cancellation) =>
        _counts.TryGetValue(securable, out var count) ? count
        : !_isWhole && await _store.FindAsync(DriftId.KeyOf(securable), cancellation) is { } record ? CountOf(record)
        : 0;

    private int CountOf(DriftRecord record) =>
        record.Entries.Count(entry => entry.Difference.Kind == DriftKind.Drift && entry.StateAt(_now) == DriftState.Open);
}
