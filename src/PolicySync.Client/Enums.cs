using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

// Each has `Unknown` for what a later version of the service may add, so that a client built today can read its answers.

/// <summary>The status of a task.</summary>
[JsonConverter(typeof(WireNameConverter<SyncTaskStatus>))]
public enum SyncTaskStatus
{
    /// <summary>A status that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Created.</summary>
    [JsonStringEnumMemberName("NEW")] New,

    /// <summary>Queued, throttled, or waiting for policies.</summary>
    [JsonStringEnumMemberName("WAITING")] Waiting,

    /// <summary>Being processed.</summary>
    [JsonStringEnumMemberName("INPROGRESS")] InProgress,

    /// <summary>Ended: no securable failed.</summary>
    [JsonStringEnumMemberName("SUCCESS")] Success,

    /// <summary>Ended: a securable failed, or the task as a whole.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Ended: no resource needed processing.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}

/// <summary>How a task ended, in more detail than its status.</summary>
[JsonConverter(typeof(WireNameConverter<SyncTaskOutcome>))]
public enum SyncTaskOutcome
{
    /// <summary>An outcome that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Unity Catalog gives what the policies give.</summary>
    [JsonStringEnumMemberName("SUCCEEDED")] Succeeded,

    /// <summary>Done. What Unity Catalog cannot express is listed as gaps.</summary>
    [JsonStringEnumMemberName("SUCCEEDED_WITH_GAPS")] SucceededWithGaps,

    /// <summary>Some securables failed, others ended well.</summary>
    [JsonStringEnumMemberName("PARTIAL")] Partial,

    /// <summary>No securable ended well.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>No resource needed processing.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,

    /// <summary>A VERIFY task found differences.</summary>
    [JsonStringEnumMemberName("DRIFTED")] Drifted,

    /// <summary>The task was cancelled.</summary>
    [JsonStringEnumMemberName("CANCELLED")] Cancelled,
}

/// <summary>How one securable of a task ended.</summary>
[JsonConverter(typeof(WireNameConverter<ResourceStatus>))]
public enum ResourceStatus
{
    /// <summary>A status that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("SUCCESS")] Success,

    /// <summary>Not done; the error says why.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Not to be done; the error says why.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}

/// <summary>What a change does.</summary>
[JsonConverter(typeof(WireNameConverter<ChangeAction>))]
public enum ChangeAction
{
    /// <summary>An action that this version of the client does not know.</summary>
    Unknown,

    /// <summary>A privilege is given.</summary>
    [JsonStringEnumMemberName("GRANT")] Grant,

    /// <summary>A privilege is taken back.</summary>
    [JsonStringEnumMemberName("REVOKE")] Revoke,

    /// <summary>A row filter is set.</summary>
    [JsonStringEnumMemberName("SET_FILTER")] SetFilter,

    /// <summary>A row filter is removed.</summary>
    [JsonStringEnumMemberName("DROP_FILTER")] DropFilter,

    /// <summary>A column mask is set.</summary>
    [JsonStringEnumMemberName("SET_MASK")] SetMask,

    /// <summary>A column mask is removed.</summary>
    [JsonStringEnumMemberName("DROP_MASK")] DropMask,
}

/// <summary>Which way a gap goes.</summary>
[JsonConverter(typeof(WireNameConverter<GapDirection>))]
public enum GapDirection
{
    /// <summary>A direction that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The policies give it and Unity Catalog does not.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>Unity Catalog gives it and the policies do not.</summary>
    [JsonStringEnumMemberName("EXPOSED")] Exposed,
}

/// <summary>Facts about statuses.</summary>
public static class SyncTaskStatuses
{
    /// <summary>True when the task has ended and does not change any more.</summary>
    public static bool IsEnded(this SyncTaskStatus status) =>
        status is SyncTaskStatus.Success or SyncTaskStatus.Failed or SyncTaskStatus.Skipped;
}

/// <summary>How the service treats grants that it did not make.</summary>
[JsonConverter(typeof(WireNameConverter<SyncMode>))]
public enum SyncMode
{
    /// <summary>A mode that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Nothing is revoked.</summary>
    [JsonStringEnumMemberName("ADDITIVE")] Additive,

    /// <summary>Only grants that the service made are revoked.</summary>
    [JsonStringEnumMemberName("OWNED")] Owned,

    /// <summary>Every grant that no policy wants is revoked.</summary>
    [JsonStringEnumMemberName("EXACT")] Exact,
}

/// <summary>What a policy is about.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyKind>))]
public enum PolicyKind
{
    /// <summary>A kind that this version of the client does not know.</summary>
    Unknown,

    /// <summary>It allows or denies access to resources.</summary>
    [JsonStringEnumMemberName("ACCESS")] Access,

    /// <summary>It masks columns.</summary>
    [JsonStringEnumMemberName("MASK")] Mask,

    /// <summary>It filters rows.</summary>
    [JsonStringEnumMemberName("FILTER")] Filter,

    /// <summary>It is about tags.</summary>
    [JsonStringEnumMemberName("TAG")] Tag,

    /// <summary>It is of a type that the service does not support, and has no effect.</summary>
    [JsonStringEnumMemberName("OTHER")] Other,
}
