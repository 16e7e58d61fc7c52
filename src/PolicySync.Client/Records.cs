using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>What a record of an export is.</summary>
[JsonConverter(typeof(WireNameConverter<RecordKind>))]
public enum RecordKind
{
    /// <summary>A kind that this version of the client does not know.</summary>
    Unknown,

    /// <summary>A suspension.</summary>
    [JsonStringEnumMemberName("SUSPENSION")] Suspension,

    /// <summary>What the service made on a securable.</summary>
    [JsonStringEnumMemberName("STATE")] State,

    /// <summary>What the service made on an object whose name another object has now.</summary>
    [JsonStringEnumMemberName("PARKED")] Parked,

    /// <summary>The recorded differences of a securable, with those that are ignored.</summary>
    [JsonStringEnumMemberName("DIFFERENCES")] Differences,

    /// <summary>A state whose securable is not known. It cannot be imported.</summary>
    [JsonStringEnumMemberName("UNNAMED")] Unnamed,
}

/// <summary>What an import did with a record.</summary>
[JsonConverter(typeof(WireNameConverter<RestoreOutcome>))]
public enum RestoreOutcome
{
    /// <summary>An outcome that this version of the client does not know.</summary>
    Unknown,

    /// <summary>It is stored now, or what was missing of it was added.</summary>
    [JsonStringEnumMemberName("RESTORED")] Restored,

    /// <summary>The service had all of it, or something newer.</summary>
    [JsonStringEnumMemberName("UNCHANGED")] Unchanged,

    /// <summary>Another object has the name now. The record is kept for the object's new name.</summary>
    [JsonStringEnumMemberName("SET_ASIDE")] SetAside,

    /// <summary>It is not stored; the message says why. Import again.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,
}

/// <summary>Something stored that a lost storage account would lose.</summary>
public sealed record StoredRecord
{
    /// <summary>What it is.</summary>
    public RecordKind Kind { get; init; }

    /// <summary>The type of the securable; null of a suspension, and where the name is not known.</summary>
    public string? Type { get; init; }

    /// <summary>The full name of the securable, the pattern of a suspension, or the end of the key where the name is not known.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>The id of the object that the state is about; null when it is not known, and of other kinds.</summary>
    public string? Identity { get; init; }

    /// <summary>What is stored. Not meant to be changed, and not to be relied on: a later version may store something else.</summary>
    public JsonElement Content { get; init; }
}

/// <summary>A page of an export.</summary>
public sealed record StoredRecordPage
{
    /// <summary>The connector instance.</summary>
    public string Instance { get => field ?? ""; init; }

    /// <summary>The version of the service.</summary>
    public string Version { get => field ?? ""; init; }

    /// <summary>The records of this page; may be none although there is a next one.</summary>
    public IReadOnlyList<StoredRecord> Records { get => field ?? []; init; }

    /// <summary>The token of the next page; null on the last one.</summary>
    public string? NextPageToken { get; init; }
}

/// <summary>Records of an export to store.</summary>
public sealed record ImportRequest
{
    /// <summary>The connector instance that exported them.</summary>
    public string Instance { get; init; } = "";

    /// <summary>They, at most 500.</summary>
    public IReadOnlyList<StoredRecord> Records { get; init; } = [];

    /// <summary>Also store records of another instance.</summary>
    public bool? AllowOtherInstance { get; init; }

    /// <summary>Store nothing; the answer says what would be done.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>What became of records.</summary>
public sealed record ImportResult
{
    /// <summary>A result for each record of the request, in its order.</summary>
    public IReadOnlyList<ImportedRecord> Results { get => field ?? []; init; }
}

/// <summary>What became of a record.</summary>
public sealed record ImportedRecord
{
    /// <summary>What it is.</summary>
    public RecordKind Kind { get; init; }

    /// <summary>The type of the securable; null of a suspension.</summary>
    public string? Type { get; init; }

    /// <summary>The full name of the securable, or the pattern of a suspension.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>What was done, or would be done by a request that is not a dry run.</summary>
    public RestoreOutcome Outcome { get; init; }

    /// <summary>More about it, for people; null when there is nothing more to say.</summary>
    public string? Message { get; init; }
}
