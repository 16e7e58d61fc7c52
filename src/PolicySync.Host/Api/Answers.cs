using System.Globalization;
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
/// <param name="PlanId">The plan that this task carries out; null for any other task.</param>
/// <param name="CancelRequestedBy">The subject of the token with which the task was cancelled; null when it was not.</param>
/// <param name="CancelRequestTime">When the request to cancel the task was stored; null when there was none.</param>
/// <param name="TraceId">The trace in which the task was requested, 32 hexadecimal digits; null where that trace is not recorded.</param>
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
    string? PlanId,
    string? CancelRequestedBy,
    DateTime? CancelRequestTime,
    string? TraceId)
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
        IdOf(task.Request.PlanId),
        task.Cancel?.By,
        task.Cancel?.Time.UtcDateTime,
        task.Request.TraceId);

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
/// <param name="Position">Its place in the event hub; null for a request of the API.</param>
internal sealed record EventDetail(string? Id, string? AppType, string? AppSubType, string? Source, string? CreateTime, EventPositionDetail? Position)
{
    public static EventDetail Of(SyncEvent sent) => new(
        sent.Id,
        sent.AppType,
        sent.AppSubType,
        sent.Source,
        sent.CreateTimeJson is { } json ? TextOf(JsonElement.Parse(json)) : null,
        sent.Position is { } position ? EventPositionDetail.Of(position) : null);

    // Always text, so that the member has one type for generated clients. A number keeps its digits, however many there are.
    private static string? TextOf(JsonElement time) => time.ValueKind == JsonValueKind.String ? time.GetString() : time.GetRawText();
}

/// <summary>The place of an event in the event hub.</summary>
/// <param name="Hub">The name of the hub.</param>
/// <param name="Partition">The id of the partition.</param>
/// <param name="SequenceNumber">Its number in the partition, as text, since not every client reads 64 bits exactly.</param>
/// <param name="EnqueuedTime">When the hub took it.</param>
internal sealed record EventPositionDetail(string Hub, string Partition, string SequenceNumber, DateTime EnqueuedTime)
{
    public static EventPositionDetail Of(EventPosition position) =>
        new(position.Hub, position.Partition, position.SequenceNumber.ToString(CultureInfo.InvariantCulture), position.EnqueuedTime.UtcDateTime);
}
