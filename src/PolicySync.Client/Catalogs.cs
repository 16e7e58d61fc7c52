using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>A catalog with the number of its securables by status.</summary>
public sealed record CatalogItem
{
    /// <summary>The name of the catalog; empty for the securables beside catalogs, such as external locations.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>How many securables of it were synced, those included whose first sync failed.</summary>
    public int Securables { get; init; }

    /// <summary>How many of them are <see cref="SecurableStatus.InSync"/>.</summary>
    public int InSync { get; init; }

    /// <summary>How many of them are <see cref="SecurableStatus.Drifted"/>.</summary>
    public int Drifted { get; init; }

    /// <summary>How many of them are <see cref="SecurableStatus.Exposed"/>.</summary>
    public int Exposed { get; init; }

    /// <summary>How many of them are <see cref="SecurableStatus.Failed"/>.</summary>
    public int Failed { get; init; }

    /// <summary>True when the catalog has more securables than were counted; null otherwise.</summary>
    public bool? Incomplete { get; init; }
}

/// <summary>A securable in a list, as its last runs recorded it.</summary>
public sealed record SecurableItem
{
    /// <summary>The type of the securable.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of the securable.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>The first that applies.</summary>
    public SecurableStatus Status { get; init; }

    /// <summary>The number of direct grants that the service made; null when no sync has ended well.</summary>
    public int? OwnGrantCount { get; init; }

    /// <summary>The number of direct grants of other parties, as the last sync saw them; null when none ended well.</summary>
    public int? ForeignGrantCount { get; init; }

    /// <summary>True when it has a row filter of the service; null otherwise.</summary>
    public bool? RowFilter { get; init; }

    /// <summary>The number of its column masks of the service; null when there are none.</summary>
    public int? MaskCount { get; init; }

    /// <summary>The number of differences from policy that the last sync left; null when none ended well.</summary>
    public int? GapCount { get; init; }

    /// <summary>How many of them are access that policy does not give; null when no sync has ended well.</summary>
    public int? ExposedCount { get; init; }

    /// <summary>The number of open differences that a sync would change; null when there are none.</summary>
    public int? DriftCount { get; init; }

    /// <summary>The error code with which the last sync failed; null when it did not.</summary>
    public string? FailureCode { get; init; }
}

/// <summary>What a list of securables says of one: the first that applies.</summary>
[JsonConverter(typeof(WireNameConverter<SecurableStatus>))]
public enum SecurableStatus
{
    /// <summary>A status that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The last sync failed, so nothing else is known to hold.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Unity Catalog gives access that policy does not give.</summary>
    [JsonStringEnumMemberName("EXPOSED")] Exposed,

    /// <summary>A verification or dry run found what a sync would change.</summary>
    [JsonStringEnumMemberName("DRIFTED")] Drifted,

    /// <summary>The last sync left nothing to change, and nothing was found since.</summary>
    [JsonStringEnumMemberName("IN_SYNC")] InSync,
}

/// <summary>Which securables are listed. What is null does not limit them.</summary>
public sealed record SecurableFilter
{
    /// <summary>What this pattern covers, for example <c>main.sales</c>.</summary>
    public string? Securable { get; init; }

    /// <summary>Of this type, for example <c>table</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Of this status.</summary>
    public SecurableStatus? Status { get; init; }

    /// <summary>Most securables of a page, up to 1,000. Null: 100.</summary>
    public int? PageSize { get; init; }
}
