using System.Runtime.CompilerServices;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Watching;

/// <summary>Lists the metastore within the watch's part of the budget. A failure of any page is let out.</summary>
internal sealed class WatchLists(IUnityCatalog catalog, ITableListing tables, WatchBudget budget)
{
    /// <summary>Most pages of one list. A list that does not end has failed.</summary>
    private const int MaxPages = 10_000;

    /// <summary>Most pages that are read for the first tables of a schema.</summary>
    private const int MaxEmptyPages = 10;

    /// <summary>
    /// Lists catalogs, or the schemas of one. A list that lacks more than half of what is known is read a second time, and what either has,
    /// exists: so one damaged answer removes nothing.
    /// </summary>
    public async Task<IReadOnlyList<Securable>> ContainersAsync(
        SecurableType type, Securable? parent, IReadOnlyCollection<string> known, CancellationToken stopping)
    {
        var found = await ContainersAsync(type, parent, stopping);
        var names = found.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return known.Count(name => !names.Contains(name)) * 2 > known.Count
            ? [.. found.Union(await ContainersAsync(type, parent, stopping))]
            : found;
    }

    /// <summary>The names of a catalog.</summary>
    public IAsyncEnumerable<TableName> NamesAsync(Securable within, CancellationToken stopping) =>
        AllAsync($"tables of {within}", (token, meter) => tables.ListNamesAsync(within, token, meter, stopping), stopping);

    /// <summary>The tables of a schema.</summary>
    public IAsyncEnumerable<ListedTable> TablesAsync(Securable schema, CancellationToken stopping) =>
        AllAsync($"tables of {schema}", (token, meter) => tables.ListTablesAsync(schema, token, meter, stopping), stopping);

    /// <summary>The tables of the first page of a schema that has some.</summary>
    public async Task<IReadOnlyList<ListedTable>> FirstTablesAsync(Securable schema, CancellationToken stopping)
    {
        string? token = null;
        for (var pages = 0; pages < MaxEmptyPages; pages++)
        {
            var page = await budget.CallAsync(meter => tables.ListTablesAsync(schema, token, meter, stopping), stopping);
            if (page.Items.Count > 0 || page.NextPageToken is null)
            {
                return page.Items;
            }

            token = page.NextPageToken;
        }

        return [];
    }

    private async Task<List<Securable>> ContainersAsync(SecurableType type, Securable? parent, CancellationToken stopping)
    {
        var found = new List<Securable>();
        await foreach (var facts in AllAsync(
            $"{type} list", async (token, meter) =>
            {
                var page = await catalog.ListAsync(type, parent, token, meter, stopping);
                return new TablePage<SecurableFacts>(page.Items, page.NextPageToken);
            }, stopping))
        {
            found.Add(facts.Securable);
        }

        return found;
    }

    // A page may be empty and have a next one.
    private async IAsyncEnumerable<T> AllAsync<T>(
        string what, Func<string?, CallMeter, Task<TablePage<T>>> readAsync, [EnumeratorCancellation] CancellationToken stopping)
    {
        string? token = null;
        for (var pages = 1; ; pages++)
        {
            var page = await budget.CallAsync(meter => readAsync(token, meter), stopping);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            token = page.NextPageToken;
            if (token is null)
            {
                yield break;
            }

            if (pages == MaxPages)
            {
                throw new SyncException(SyncErrorCode.Unavailable, $"databricks gave over {MaxPages} pages of {what}");
            }
        }
    }
}
