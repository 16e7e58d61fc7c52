using System.Text.Json;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Records;

/// <summary>Reads everything of an instance that a lost storage account would lose, page by page. Safe for concurrent use.</summary>
public sealed class RecordReader(IStoredRecords stored, IObjectNames names, IDriftStore drift, ISuspensions suspensions, TimeProvider time)
{
    private static readonly RecordKind[] Kinds = [RecordKind.Suspension, RecordKind.State, RecordKind.Parked, RecordKind.Differences];

    /// <summary>Reads a page. It has records of one kind, and may be empty although there are more.</summary>
    /// <param name="instance">The connector instance.</param>
    /// <param name="place">Where to continue, as a page before said; null to begin.</param>
    /// <param name="count">Most records.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>Null when no page said <paramref name="place"/>.</returns>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer.</exception>
    public async Task<StoredSlice<StoredRecord>?> ReadAsync(string instance, string? place, int count, CancellationToken cancellation)
    {
        var parts = place?.Split('|', 2) ?? [WireNames.Of(Kinds[0]), ""];
        if (parts.Length < 2 || !WireNames.TryParse<RecordKind>(parts[0], out var kind) || Array.IndexOf(Kinds, kind) is not (>= 0 and var number))
        {
            return null;
        }

        var after = parts[1] is { Length: > 0 } text ? text : null;
        var slice = kind switch
        {
            RecordKind.Suspension => await SuspensionsAsync(after, count, cancellation),
            RecordKind.State => await StatesAsync(instance, after, count, cancellation),
            RecordKind.Parked => await ParkedAsync(after, count, cancellation),
            _ => await DifferencesAsync(after, count, cancellation),
        };
        var next = slice.Next is { } more ? $"{parts[0]}|{more}" : number + 1 < Kinds.Length ? $"{WireNames.Of(Kinds[number + 1])}|" : null;
        return slice with { Next = next };
    }

    private async Task<StoredSlice<StoredRecord>> SuspensionsAsync(string? after, int count, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var rest = (await suspensions.ReadAsync(cancellation))
            .Where(one => one.IsInForce(now) && (after is null || string.CompareOrdinal(one.Pattern.Key, after) > 0)).ToList();
        return new(
            [.. rest.Take(count).Select(one => new StoredRecord(RecordKind.Suspension, null, one.Pattern.Key, null,
                Json(new StoredSuspension(one.Reason, one.EndTime, one.CreatedBy, one.CreateTime))))],
            rest.Count > count ? rest[count - 1].Pattern.Key : null);
    }

    private async Task<StoredSlice<StoredRecord>> StatesAsync(string instance, string? after, int count, CancellationToken cancellation)
    {
        var slice = await stored.ListStatesAsync(ResourceKey.PrefixOf(instance), after, count, cancellation);
        var records = new List<StoredRecord>();
        foreach (var item in slice.Items)
        {
            var state = StoredJson.Read<ResourceState>(item.Json);
            if (state.MustBeKept)
            {
                records.Add(await StateAsync(instance, item.Key, state, cancellation));
            }
        }

        return new(records, slice.Next);
    }

    private async Task<StoredRecord> StateAsync(string instance, string key, ResourceState state, CancellationToken cancellation)
    {
        var held = new ResourceState(); // without what is of this account only: the writer, the index, the flag of differences
        held.Hold(state);
        var name = await NameOfAsync(instance, key, state, cancellation);
        return name is null
            ? new StoredRecord(RecordKind.Unnamed, null, key[ResourceKey.PrefixOf(instance).Length..], state.Identity, Json(held))
            : new StoredRecord(RecordKind.State, WireNames.Of(name.Type), name.FullName, state.Identity, Json(held));
    }

    // The name in the key, unless it is a hash; the last run's, which also tells a model from a function; the one that is remembered of the id.
    private async Task<Securable?> NameOfAsync(string instance, string key, ResourceState state, CancellationToken cancellation)
    {
        bool IsIt(Securable? name) => name is not null && ResourceKey.Of(instance, name) == key;
        if (state.Seen is { } seen && Securable.OfText(seen.Securable) is { } last && IsIt(last))
        {
            return last;
        }

        if (ResourceKey.SecurableOf(instance, key) is { } named)
        {
            return named;
        }

        foreach (var type in state.Identity is null ? [] : ResourceKey.TypesOf(key))
        {
            if ((await names.FindAsync(type, state.Identity!, cancellation)).FirstOrDefault(name => IsIt(name.Securable)) is { } found)
            {
                return found.Securable;
            }
        }

        return null;
    }

    private async Task<StoredSlice<StoredRecord>> ParkedAsync(string? after, int count, CancellationToken cancellation)
    {
        var slice = await stored.ListParkedAsync(after, count, cancellation);
        return new(
            [
                .. from name in slice.Items
                   let held = Held(name.Parked!)
                   where held.MustBeKept
                   select new StoredRecord(RecordKind.Parked, WireNames.Of(name.Securable.Type), name.Securable.FullName, name.Identity, Json(held)),
            ],
            slice.Next);
    }

    private static ResourceState Held(string json)
    {
        var held = new ResourceState();
        held.Hold(StoredJson.Read<ResourceState>(json));
        return held;
    }

    private async Task<StoredSlice<StoredRecord>> DifferencesAsync(string? after, int count, CancellationToken cancellation)
    {
        // The record of the place is read again, and passed over, as it may be gone by now.
        var found = await drift.ListAsync(after, count + 1, cancellation);
        var items = found.Where(record => after is null || string.CompareOrdinal(DriftId.KeyOf(record.Securable), after) > 0).Take(count).ToList();
        return new(
            [.. items.Select(record => new StoredRecord(
                RecordKind.Differences, WireNames.Of(record.Securable.Type), record.Securable.FullName, null, Json(new StoredDifferences(record.Entries))))],
            found.Count > count ? DriftId.KeyOf(items[^1].Securable) : null);
    }

    private static JsonElement Json<T>(T content) => JsonSerializer.SerializeToElement(content, StoredJson.Settings);
}
