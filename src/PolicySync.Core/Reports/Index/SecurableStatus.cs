using System.Text.Json.Serialization;

namespace PolicySync.Core.Reports.Index;

/// <summary>What a list of securables says of one, as its last runs recorded it: the first that applies. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SecurableStatus>))]
public enum SecurableStatus
{
    /// <summary>The last sync failed, so nothing else is known to hold.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Unity Catalog gives access that policy does not give.</summary>
    [JsonStringEnumMemberName("EXPOSED")] Exposed,

    /// <summary>A verification or dry run found what a sync would change.</summary>
    [JsonStringEnumMemberName("DRIFTED")] Drifted,

    /// <summary>The last sync left nothing to change, and nothing was found since.</summary>
    [JsonStringEnumMemberName("IN_SYNC")] InSync,
}
