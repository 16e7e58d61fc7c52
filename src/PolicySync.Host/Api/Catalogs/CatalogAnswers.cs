using PolicySync.Core.Reports.Index;

namespace PolicySync.Host.Api.Catalogs;

// The order of parameters is the order on the wire.

/// <summary>The catalogs that the service has synced something in, with the number of their securables by status: a page.</summary>
/// <param name="Catalogs">The catalogs, by name.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page. A page may be short or empty although there is a next one.</param>
internal sealed record CatalogPage(IReadOnlyList<CatalogDetail> Catalogs, string? NextPageToken);

/// <summary>A catalog with the number of its securables by status. The catalog itself and its schemas are counted too.</summary>
/// <param name="Name">The name of the catalog; empty for the securables beside catalogs, such as external locations.</param>
/// <param name="Securables">How many securables of it were synced, those included whose first sync failed.</param>
/// <param name="InSync">How many of them are `IN_SYNC`.</param>
/// <param name="Drifted">How many of them are `DRIFTED`.</param>
/// <param name="Exposed">How many of them are `EXPOSED`.</param>
/// <param name="Failed">How many of them are `FAILED`.</param>
/// <param name="Incomplete">True when the catalog has more securables than were counted; null otherwise.</param>
internal sealed record CatalogDetail(string Name, int Securables, int InSync, int Drifted, int Exposed, int Failed, bool? Incomplete);

/// <summary>Securables that the service has synced, as their last runs recorded them: a page.</summary>
/// <param name="Securables">The securables, by catalog and name.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page. A page may be short or empty although there is a next one.</param>
internal sealed record SecurablePage(IReadOnlyList<SecurableItem> Securables, string? NextPageToken);

/// <summary>A securable in a list.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name of the securable.</param>
/// <param name="Status">The first that applies: the last sync failed; it gives access beyond policy; a sync would change it; none of these.</param>
/// <param name="OwnGrantCount">The number of direct grants that the service made; null when no sync has ended well.</param>
/// <param name="ForeignGrantCount">The number of direct grants of other parties, as the last sync saw them; null when none ended well.</param>
/// <param name="RowFilter">True when it has a row filter of the service; null otherwise.</param>
/// <param name="MaskCount">The number of its column masks of the service; null when there are none.</param>
/// <param name="GapCount">The number of differences from policy that the last sync left; null when none ended well.</param>
/// <param name="ExposedCount">How many of them are access that policy does not give; null when no sync has ended well.</param>
/// <param name="DriftCount">The number of open differences that a sync would change; null when there are none.</param>
/// <param name="FailureCode">The error code with which the last sync failed; null when it did not.</param>
internal sealed record SecurableItem(
    string Type, string FullName, SecurableStatus Status, int? OwnGrantCount, int? ForeignGrantCount, bool? RowFilter, int? MaskCount, int? GapCount, int? ExposedCount,
    int? DriftCount, string? FailureCode);
