using System.Text.Json.Serialization;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

// The answers of the API. The order of parameters is the order on the wire, hence the long constructors; nulls are left out.

/// <summary>A task that was accepted. After a wait that saw its end, all other members of the task as well.</summary>
/// <param name="TaskId">The id of the task: a decimal number of up to 19 digits, as text.</param>
/// <param name="Status">The status of the task.</param>
/// <param name="Message">What the task does or waits for, or how it ended, for people.</param>
/// <param name="IgnoredMembers">
/// JSON Pointers of members of the request that are not known and were ignored, up to 100; null when there are none.
/// </param>
/// <param name="RetryOf">The task whose failed securables this one repeats; null for any other task.</param>
internal sealed record TaskAccepted(
    string TaskId, SyncTaskStatus Status, string Message, IReadOnlyList<string>? IgnoredMembers, string? RetryOf)
{
    public static TaskAccepted Of(SyncTask task) => new(
        task.Id.ToString(), task.Status, task.Message, TaskDetail.NotEmpty(task.Request.IgnoredMembers), TaskDetail.IdOf(task.Request.RetryOf));
}

/// <summary>A task: what it was asked for, how far it is, and how it ended.</summary>
/// <param name="TaskId">The id of the task: a decimal number of up to 19 digits, as text.</param>
/// <param name="Status">The status of the task. `SUCCESS`, `FAILED` and `SKIPPED` are final.</param>
/// <param name="Message">What the task does or waits for, or how it ended, for people.</param>
/// <param name="Outcome">How the task ended, in more detail than the status; null until then.</param>
/// <param name="Type">The type of the task, as the caller sent it.</param>
/// <param name="CreateTime">When the task was accepted.</param>
/// <param name="StartTime">When work on the task began; null until then.</param>
/// <param name="EndTime">When the task ended; null until then.</param>
/// <param name="Event">The members of an event that the caller sent; null when there were none.</param>
/// <param name="DryRun">Whether the task plans only and writes nothing.</param>
/// <param name="PolicyVersion">The lowest version of the policies that was used; null when none was.</param>
/// <param name="StalePolicies">
/// True when cached policies were used because the source of the policies did not answer; null otherwise.
/// </param>
/// <param name="Progress">Counts of the securables of the task.</param>
/// <param name="Failures">The first ten failures. The list of resources has all.</param>
/// <param name="IgnoredMembers">
/// JSON Pointers of members of the request that are not known and were ignored, up to 100; null when there are none.
/// </param>
/// <param name="RequestedBy">The subject of the token with which the task was requested; null for tasks of the service itself.</param>
/// <param name="RetryOf">The task whose failed securables this one repeats; null for any other task.</param>
/// <param name="RetriedBy">The latest task that repeats what failed in this one; null when there is none.</param>
/// <param name="CancelRequestedBy">The subject of the token with which the task was cancelled; null when it was not.</param>
/// <param name="CancelRequestTime">When the request to cancel the task was stored; null when there was none.</param>
internal sealed record TaskDetail(
    string TaskId,
    SyncTaskStatus Status,
    string Message,
    SyncTaskOutcome? Outcome,
    string Type,
    DateTime CreateTime,
    DateTime? StartTime,
    DateTime? EndTime,
    EventDetail? Event,
    bool DryRun,
    long? PolicyVersion,
    bool? StalePolicies,
    ProgressDetail Progress,
    IReadOnlyList<TaskFailure> Failures,
    IReadOnlyList<string>? IgnoredMembers,
    string? RequestedBy,
    string? RetryOf,
    string? RetriedBy,
    string? CancelRequestedBy,
    DateTime? CancelRequestTime)
{
    public static TaskDetail Of(SyncTask task, DateTimeOffset now) => new(
        task.Id.ToString(),
        task.Status,
        task.Message,
        task.Outcome,
        task.Request.Type,
        task.CreateTime.UtcDateTime,
        task.StartTime?.UtcDateTime,
        task.EndTime?.UtcDateTime,
        task.Request.Event is { } sent ? EventDetail.Of(sent) : null,
        task.Request.DryRun,
        task.PolicyVersion,
        task.StalePolicies ? true : null,
        ProgressDetail.Of(task, now),
        task.Failures,
        NotEmpty(task.Request.IgnoredMembers),
        task.Request.Subject,
        IdOf(task.Request.RetryOf),
        task.RetriedBy?.ToString(),
        task.Cancel?.By,
        task.Cancel?.Time.UtcDateTime);

    // Ids are above 2^53, so they are texts.
    public static string? IdOf(long? task) => task is { } id ? new TaskId(id).ToString() : null;

    public static IReadOnlyList<string>? NotEmpty(IReadOnlyList<string> list) => list.Count > 0 ? list : null;
}

/// <summary>Counts of the securables of a task. None of them falls while a process drives the task.</summary>
/// <param name="Discovered">Securables known so far, the ended ones included.</param>
/// <param name="Total">All securables; null until every container of the task has been listed to its end.</param>
/// <param name="Done">Ended, however.</param>
/// <param name="Changed">Ended with at least one change, or with a planned one in a dry run.</param>
/// <param name="Failed">Failed.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Gaps">Gaps of all securables.</param>
/// <param name="Drifted">Securables that a dry run or a VERIFY task found to differ from policy.</param>
/// <param name="EtaSeconds">Seconds that the rest takes at the rate so far; null while the total is not known, and at the end.</param>
internal sealed record ProgressDetail(
    long Discovered, long? Total, long Done, long Changed, long Failed, long Skipped, long Gaps, long Drifted, long? EtaSeconds)
{
    public static ProgressDetail None { get; } = Of(TaskProgress.None);

    public static ProgressDetail Of(SyncTask task, DateTimeOffset now) => Of(task.Progress) with
    {
        EtaSeconds = TimeLeft(task, now) is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
    };

    public static ProgressDetail Of(TaskProgress progress) => new(
        progress.Discovered, progress.Total, progress.Done, progress.Changed, progress.Failed, progress.Skipped, progress.Gaps, progress.Drifted,
        EtaSeconds: null);

    /// <summary>How long the rest of the task takes at the rate so far; null where that is not known.</summary>
    public static TimeSpan? TimeLeft(SyncTask task, DateTimeOffset now) =>
        task.Status == SyncTaskStatus.InProgress && task.StartTime is { } start ? task.Progress.TimeLeft(now - start) : null;
}

/// <summary>A page of tasks.</summary>
/// <param name="Tasks">The tasks of this page.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record TaskList(IReadOnlyList<TaskListItem> Tasks, string? NextPageToken)
{
    public static TaskList Of(TaskPage page) => new([.. page.Tasks.Select(TaskListItem.Of)], page.NextPageToken);
}

/// <summary>A task in a list.</summary>
/// <param name="TaskId">The id of the task: a decimal number of up to 19 digits, as text.</param>
/// <param name="Status">The status of the task.</param>
/// <param name="Message">What the task does or waits for, or how it ended, for people; at most 256 characters.</param>
/// <param name="Outcome">How the task ended, in more detail than the status; null until then.</param>
/// <param name="Type">The type of the task; at most 256 characters.</param>
/// <param name="CreateTime">When the task was accepted.</param>
/// <param name="StartTime">When work on the task began; null until then.</param>
/// <param name="EndTime">When the task ended; null until then.</param>
/// <param name="RequestedBy">The subject of the token with which the task was requested; null for tasks of the service itself.</param>
/// <param name="Source">The source of its event; null when it has none.</param>
/// <param name="Resources">The first of the resources that it was requested for, up to 20, each with its type: `table main.sales.customers`.</param>
/// <param name="ResourceCount">The number of its resources.</param>
internal sealed record TaskListItem(
    string TaskId, SyncTaskStatus Status, string Message, SyncTaskOutcome? Outcome, string Type,
    DateTime CreateTime, DateTime? StartTime, DateTime? EndTime,
    string? RequestedBy, string? Source, IReadOnlyList<string>? Resources, int? ResourceCount)
{
    /// <summary>Most names of resources of a task in a list.</summary>
    public const int MaxResources = 20;

    public static TaskListItem Of(TaskSummary task) => new(
        task.Id.ToString(), task.Status, task.Message, task.Outcome, task.Type,
        task.CreateTime.UtcDateTime, task.StartTime?.UtcDateTime, task.EndTime?.UtcDateTime,
        task.RequestedBy, task.Source, task.ResourceCount is null ? null : [.. task.Resources.Take(MaxResources)], task.ResourceCount);
}

/// <summary>The members of an event, as the caller sent them.</summary>
/// <param name="Id">The id of the event, as the caller sent it; null when the caller sent none.</param>
/// <param name="AppType">The type of the application, as the caller sent it; null when the caller sent none.</param>
/// <param name="AppSubType">The subtype of the application, as the caller sent it; null when the caller sent none.</param>
/// <param name="Source">The source of the event, as the caller sent it; null when the caller sent none.</param>
/// <param name="CreateTime">
/// The time of the event, as the caller wrote it; a number is its digits as text. Null when the caller sent none.
/// </param>
internal sealed record EventDetail(string? Id, string? AppType, string? AppSubType, string? Source, string? CreateTime)
{
    public static EventDetail Of(SyncEvent sent) => new(
        sent.Id,
        sent.AppType,
        sent.AppSubType,
        sent.Source,
        sent.CreateTimeJson is { } json ? TextOf(JsonElement.Parse(json)) : null);

    // Always text, so that the member has one type for generated clients. A number keeps its digits, however many there are.
    private static string? TextOf(JsonElement time) => time.ValueKind == JsonValueKind.String ? time.GetString() : time.GetRawText();
}

/// <summary>A page of a task's securables.</summary>
/// <param name="Resources">The results of this page, in the order of processing.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record ResourcePage(IReadOnlyList<ResourceDetail> Resources, string? NextPageToken)
{
    public static ResourcePage Of(ResultPage page) => new([.. page.Resources.Select(ResourceDetail.Of)], page.NextPageToken);
}

/// <summary>The result of one securable.</summary>
/// <param name="Type">The type of the securable; of a resource of the request, the type that the caller wrote.</param>
/// <param name="FullName">The full name of the securable, or what the caller wrote when that is not a name.</param>
/// <param name="Status">How the securable ended.</param>
/// <param name="Message">What was done, or why nothing was done, for people.</param>
/// <param name="Changes">The first 1,000 changes: made, or planned in a dry run or a `VERIFY` task.</param>
/// <param name="ChangeCount">The number of changes.</param>
/// <param name="Gaps">The first 1,000 differences between policy and Unity Catalog that remain.</param>
/// <param name="GapCount">The number of gaps.</param>
/// <param name="Error">Why the securable failed or was skipped; null when it ended well.</param>
/// <param name="Calls">Requests to Unity Catalog that the securable took.</param>
/// <param name="StartTime">When work on the securable began; null when there was none.</param>
/// <param name="EndTime">When work on the securable ended; null when there was none.</param>
/// <param name="PolicyVersion">The version of the policies that was used; null when none was.</param>
/// <param name="ValidUntil">
/// When a schedule that concerns the securable begins or ends next. The service then syncs the securable again. Null when nothing
/// changes by time.
/// </param>
/// <param name="Drifted">
/// True in a dry run or a `VERIFY` task when the securable differs from policy, or USE on its parents; null otherwise.
/// </param>
/// <param name="ExternalChanges">The first 1,000 changes that other parties made; null when there are none.</param>
/// <param name="ExternalChangeCount">The number of changes that other parties made; null when there are none.</param>
/// <param name="PlannedCalls">
/// Of a dry run or a `VERIFY` task: the requests that a sync would make, in order, up to 256 KiB; null when there are none.
/// </param>
/// <param name="PlannedCallCount">The number of planned requests; null when there are none.</param>
/// <param name="Truncated">Whether one of the lists does not have all of its items.</param>
internal sealed record ResourceDetail(
    string Type,
    string FullName,
    ResourceStatus Status,
    string Message,
    IReadOnlyList<ResourceChange> Changes,
    int ChangeCount,
    IReadOnlyList<Gap> Gaps,
    int GapCount,
    ResultError? Error,
    int Calls,
    DateTime? StartTime,
    DateTime? EndTime,
    long? PolicyVersion,
    DateTime? ValidUntil,
    bool? Drifted,
    IReadOnlyList<ExternalChangeDetail>? ExternalChanges,
    int? ExternalChangeCount,
    IReadOnlyList<PlannedCallDetail>? PlannedCalls,
    int? PlannedCallCount,
    bool Truncated)
{
    public static ResourceDetail Of(ResourceResult result) => new(
        result.Type,
        result.FullName,
        result.Status,
        result.Message,
        result.Changes,
        result.ChangeCount,
        result.Gaps,
        result.GapCount,
        result.Error,
        result.Calls,
        result.StartTime?.UtcDateTime,
        result.EndTime?.UtcDateTime,
        result.PolicyVersion,
        result.ValidUntil?.UtcDateTime,
        result.Drifted ? true : null,
        result.ExternalChanges.Count > 0 ? [.. result.ExternalChanges.Select(ExternalChangeDetail.Of)] : null,
        result.ExternalChangeCount > 0 ? result.ExternalChangeCount : null,
        result.PlannedCallCount > 0 ? [.. result.PlannedCalls.Select(PlannedCallDetail.Of)] : null,
        result.PlannedCallCount > 0 ? result.PlannedCallCount : null,
        result.Truncated);
}

/// <summary>A change of grants made outside the service.</summary>
/// <param name="Action">
/// `REVOKE`: a grant that the service made is gone. `GRANT`: a grant exists that no policy wants and the service did not make.
/// </param>
/// <param name="Principal">The principal of the grant.</param>
/// <param name="Privilege">The privilege, in upper case.</param>
/// <param name="PolicyId">The policy that had asked for a grant that is gone; null when none is known.</param>
/// <param name="TaskId">The task that had made a grant that is gone; null when none is known.</param>
/// <param name="By">
/// The last principal that changed the securable, when that was not this service; null when Unity Catalog does not say.
/// </param>
/// <param name="At">When that principal changed the securable, by the clock of the workspace; null when Unity Catalog does not say.</param>
internal sealed record ExternalChangeDetail(
    ChangeAction Action, string Principal, string Privilege, long? PolicyId, string? TaskId, string? By, DateTime? At)
{
    public static ExternalChangeDetail Of(ExternalChange change) => new(
        change.Action, change.Principal, change.Privilege, change.PolicyId, change.TaskId, change.By, change.At?.UtcDateTime);
}

/// <summary>A request that a writing task would send.</summary>
/// <param name="Method">The HTTP method, for example `PATCH`.</param>
/// <param name="Path">The path and query below the host of the workspace, escaped.</param>
/// <param name="Body">The body of the request: an object with the members that Unity Catalog wants.</param>
/// <param name="AfterChildren">True for a call on a container that follows all calls below the container; null otherwise.</param>
internal sealed record PlannedCallDetail(string Method, string Path, JsonElement Body, bool? AfterChildren)
{
    public static PlannedCallDetail Of(PlannedCall call) =>
        new(call.Method, call.Path, JsonElement.Parse(call.Body), call.AfterChildren ? true : null);
}

/// <summary>Serializes the answers.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TaskAccepted))]
[JsonSerializable(typeof(TaskDetail))]
[JsonSerializable(typeof(ProgressDetail))]
[JsonSerializable(typeof(ResourceDetail))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(ResourcePage))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(TaskBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
