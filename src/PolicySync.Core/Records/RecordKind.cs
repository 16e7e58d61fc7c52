using System.Text.Json.Serialization;

namespace PolicySync.Core.Records;

/// <summary>What a record of an export is. Names are on the wire and in exports; numbers travel between processes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecordKind>))]
public enum RecordKind
{
    /// <summary>A suspension. First in an export, so that an import writes nothing where nothing is to be written.</summary>
    [JsonStringEnumMemberName("SUSPENSION")] Suspension,

    /// <summary>What the service made on a securable: the state of its name.</summary>
    [JsonStringEnumMemberName("STATE")] State,

    /// <summary>What the service made on an object whose name another object has now.</summary>
    [JsonStringEnumMemberName("PARKED")] Parked,

    /// <summary>The recorded differences of a securable, with those that are accepted.</summary>
    [JsonStringEnumMemberName("DIFFERENCES")] Differences,

    /// <summary>A state whose securable is not known, since its name is stored as a hash. It cannot be imported.</summary>
    [JsonStringEnumMemberName("UNNAMED")] Unnamed,
}

/// <summary>What an import did with a record. Names are on the wire; numbers travel between processes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestoreOutcome>))]
public enum RestoreOutcome
{
    /// <summary>It is stored now, or what was missing of it was added.</summary>
    [JsonStringEnumMemberName("RESTORED")] Restored,

    /// <summary>The service had all of it, or something newer.</summary>
    [JsonStringEnumMemberName("UNCHANGED")] Unchanged,

    /// <summary>Another object has the name now. The record is kept for the object's new name.</summary>
    [JsonStringEnumMemberName("SET_ASIDE")] SetAside,

    /// <summary>It is not stored; the message says why. The import may be repeated.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,
}
