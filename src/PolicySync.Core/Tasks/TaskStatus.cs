using System.Text.Json.Serialization;

namespace PolicySync.Core.Tasks;

/// <summary>The six statuses of the vendor's page. Clients meet no other.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncTaskStatus>))]
public enum SyncTaskStatus
{
    /// <summary>Created.</summary>
    [JsonStringEnumMemberName("NEW")] New,

    /// <summary>Queued, throttled or waiting for policies.</summary>
    [JsonStringEnumMemberName("WAITING")] Waiting,

    /// <summary>Being processed.</summary>
    [JsonStringEnumMemberName("INPROGRESS")] InProgress,

    /// <summary>Ended: no securable failed and at least one was done.</summary>
    [JsonStringEnumMemberName("SUCCESS")] Success,

    /// <summary>Ended: a securable failed, or the task as a whole did.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Ended: nothing of it was to be done.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,
}

/// <summary>A closer word on how a task ended than the status gives.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncTaskOutcome>))]
public enum SyncTaskOutcome
{
    /// <summary>Unity Catalog gives what policy gives.</summary>
    [JsonStringEnumMemberName("SUCCEEDED")] Succeeded,

    /// <summary>Done, and what Unity Catalog cannot express is listed as gaps.</summary>
    [JsonStringEnumMemberName("SUCCEEDED_WITH_GAPS")] SucceededWithGaps,

    /// <summary>Some securables failed, others ended well.</summary>
    [JsonStringEnumMemberName("PARTIAL")] Partial,

    /// <summary>Nothing ended well.</summary>
    [JsonStringEnumMemberName("FAILED")] Failed,

    /// <summary>Nothing was to be done.</summary>
    [JsonStringEnumMemberName("SKIPPED")] Skipped,

    /// <summary>A VERIFY task found differences.</summary>
    [JsonStringEnumMemberName("DRIFTED")] Drifted,

    /// <summary>Cancelled by its owner.</summary>
    [JsonStringEnumMemberName("CANCELLED")] Cancelled,
}

/// <summary>Facts about statuses.</summary>
public static class SyncTaskStatuses
{
    /// <summary>True when the task has ended and will not change any more.</summary>
    public static bool IsTerminal(this SyncTaskStatus status) =>
        status is SyncTaskStatus.Success or SyncTaskStatus.Failed or SyncTaskStatus.Skipped;
}
