using System.Collections.Concurrent;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>
/// Keeps the list of catalogs that have a securable in the index. A silo writes each catalog once, and again after the index was lost, as
/// rows of the list stay. Safe for concurrent use.
/// </summary>
internal sealed class KnownCatalogs(IAccessIndex index, IndexGeneration generation)
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Makes sure that the catalog of a securable is in the list. Called before the securable's own rows are written.</summary>
    public async Task RememberAsync(Securable securable, CancellationToken cancellation)
    {
        if (securable.CatalogName is not { } name)
        {
            return;
        }

        var current = await generation.GetAsync(cancellation);
        if (_known.GetValueOrDefault(name) != current)
        {
            await index.WriteAsync(Securable.Catalog(name), new Dictionary<string, string?> { [AccessIndexKey.Catalogs] = "{}" }, cancellation);
            _known[name] = current;
        }
    }
}
