using PolicySync.Core.Records;
using PolicySync.Core.Securables;

namespace PolicySync.Host.Storage;

/// <summary>Lists what is in memory.</summary>
internal sealed class MemoryRecords(MemoryStates states, MemoryObjectNames names) : IStoredRecords
{
    private const string Resource = "resource";

    public Task<StoredSlice<StoredState>> ListStatesAsync(string prefix, string? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        states.Of(Resource, Resource).Where(state => state.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(state => new StoredState(state.Key, state.Json)),
        state => state.Key, after, count));

    public Task<StoredSlice<ObjectName>> ListParkedAsync(string? after, int count, CancellationToken cancellation) => Task.FromResult(Slice(
        names.All.Where(name => name.Parked is not null), name => $"{name.Securable} {name.Identity}", after, count));

    private static StoredSlice<T> Slice<T>(IEnumerable<T> all, Func<T, string> place, string? after, int count)
    {
        var rest = all.Where(item => after is null || string.CompareOrdinal(place(item), after) > 0).OrderBy(place, StringComparer.Ordinal).Take(count + 1).ToList();
        return rest.Count > count ? new(rest[..count], place(rest[count - 1])) : new(rest, null);
    }
}
