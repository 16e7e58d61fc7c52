using PolicySync.Core.NewObjects;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Watching;

/// <summary>
/// Reads from the index of access which tables syncs have recorded, and which schemas have row filters or masks of the service. The index is
/// kept by runs, so the watch writes nothing.
/// </summary>
internal sealed class SyncedTables(IAccessIndex index)
{
    /// <summary>Rows of a query, the most that a storage returns at once.</summary>
    private const int PageSize = 1_000;

    /// <summary>Queries of a round. A catalog with more is read in some rounds only.</summary>
    public const int MaxQueries = 50;

    /// <summary>The schemas with row filters or masks, and the number of queries that it took.</summary>
    public async Task<(IReadOnlySet<string> Schemas, int Queries)> GuardedAsync(Securable catalog, CancellationToken stopping)
    {
        var schemas = new HashSet<string>(StringComparer.Ordinal);
        var queries = await ReadAsync(catalog, row =>
        {
            if (row.Securable.Type == SecurableType.Table && IndexedSecurable.Read<IndexedSummary>(row.Content) is { Filters: true } or { Masks: > 0 })
            {
                schemas.Add(row.Securable.Parts[1]);
            }
        }, stopping);
        return (schemas, queries);
    }

    /// <summary>The tables that syncs have recorded; null when they have recorded nothing in the catalog.</summary>
    public async Task<KnownCatalog?> RecordedAsync(Securable catalog, NameHasher hasher, CancellationToken stopping)
    {
        var schemas = new Dictionary<string, List<NameEntry>>(StringComparer.Ordinal);
        var isKnown = false;
        await ReadAsync(catalog, row =>
        {
            isKnown = true;
            if (row.Securable.Type.Depth() < 2)
            {
                return;
            }

            var schema = row.Securable.Parts[1];
            if (!schemas.TryGetValue(schema, out var names))
            {
                schemas[schema] = names = [];
            }

            if (row.Securable.Type == SecurableType.Table)
            {
                names.Add(new NameEntry(hasher.Of(row.Securable.Name), Kind: 0));
            }
        }, stopping);
        return isKnown ? new KnownCatalog(schemas.ToDictionary(schema => schema.Key, schema => KnownSchema.Of(schema.Value), StringComparer.Ordinal)) : null;
    }

    private async Task<int> ReadAsync(Securable catalog, Action<AccessIndexRow> take, CancellationToken stopping)
    {
        var key = AccessIndexKey.OfSecurables(catalog.Name);
        string? after = null;
        for (var queries = 1; ; queries++)
        {
            var rows = await index.ReadAsync(key, after, PageSize, stopping);
            foreach (var row in rows)
            {
                take(row);
            }

            if (rows.Count < PageSize)
            {
                return queries;
            }

            after = rows[^1].Place;
        }
    }
}
