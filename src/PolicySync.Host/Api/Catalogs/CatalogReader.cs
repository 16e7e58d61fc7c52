using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Catalogs;

/// <summary>A securable of a list, before its differences are looked up.</summary>
/// <param name="Securable">The securable.</param>
/// <param name="Summary">What the last sync that ended well left; null when none did.</param>
/// <param name="Failure">Why the last sync failed; null when it did not.</param>
/// <param name="Place">Where to continue after it.</param>
internal sealed record ListedSecurable(Securable Securable, IndexedSummary? Summary, IndexedFailure? Failure, string Place)
{
    /// <summary>The item of the list.</summary>
    /// <param name="drift">The number of its open differences.</param>
    public SecurableItem ToItem(int drift) => new(
        ResourceResult.TypeOf(Securable), Securable.FullName, StatusWith(drift), Summary?.Own, Summary?.Foreign, Summary?.Filters is true ? true : null,
        Summary?.Masks is > 0 and var masks ? masks : null, Summary?.Gaps, Summary?.Exposed, drift > 0 ? drift : null, Failure?.Code);

    /// <summary>The status, with the number of its open differences.</summary>
    public SecurableStatus StatusWith(int drift) =>
        Failure is not null ? SecurableStatus.Failed
        : Summary is { Exposed: > 0 } ? SecurableStatus.Exposed
        : drift > 0 ? SecurableStatus.Drifted
        : SecurableStatus.InSync;
}

/// <summary>Reads catalogs and their securables from the index that runs keep.</summary>
internal sealed class CatalogReader(IAccessIndex index)
{
    /// <summary>Most catalogs of a metastore that are looked at.</summary>
    private const int MaxCatalogs = 10_000;

    /// <summary>The names of the catalogs, in order. The empty name comes first: it means the securables beside catalogs.</summary>
    public async Task<IReadOnlyList<string>> CatalogsAsync(CancellationToken cancellation) =>
    [
        "", .. (await index.ReadAsync(AccessIndexKey.Catalogs, null, MaxCatalogs, cancellation)).Select(row => row.Securable.FullName).Order(StringComparer.Ordinal),
    ];

    /// <summary>Securables of a catalog, in the order of their places.</summary>
    /// <param name="catalog">The name; empty for what is beside catalogs.</param>
    /// <param name="beginning">How their names begin, in lower case; empty for all. Others may be among them.</param>
    /// <param name="after">The place after which they begin; null for the first ones.</param>
    /// <param name="count">Most securables. Fewer are the last ones.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyList<ListedSecurable>> ReadAsync(string catalog, string beginning, string? after, int count, CancellationToken cancellation)
    {
        // Both lists have the same order, so the first of both together are within the first of each.
        var name = catalog.Length > 0 ? catalog : null;
        var failing = index.ReadAsync(AccessIndexKey.OfFailures(name), beginning, after, count, cancellation);
        var synced = await index.ReadAsync(AccessIndexKey.OfSecurables(name), beginning, after, count, cancellation);
        var failures = (await failing).ToDictionary(row => row.Place, StringComparer.Ordinal);
        var known = synced.Select(row => row.Place).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. synced.Select(row => Of(row, failures.GetValueOrDefault(row.Place)))
                .Concat(failures.Values.Where(row => !known.Contains(row.Place)).Select(row => Of(null, row)))
                .OrderBy(listed => listed.Place, StringComparer.Ordinal).Take(count),
        ];
    }

    private static ListedSecurable Of(AccessIndexRow? synced, AccessIndexRow? failed) => new(
        (synced ?? failed)!.Securable,
        synced is null ? null : IndexedSecurable.Read<IndexedSummary>(synced.Content),
        failed is null ? null : IndexedSecurable.Read<IndexedFailure>(failed.Content),
        (synced ?? failed)!.Place);
}
