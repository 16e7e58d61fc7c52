using System.Text.Json.Serialization;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

// The answers of the API. The order of parameters is the order on the wire, hence the long constructors; nulls are left out.

/// <summary>Answer of POST: the vendor's three members first.</summary>
internal sealed record TaskAccepted(string TaskId, SyncTaskStatus Status, string Message, IReadOnlyList<string>? IgnoredMembers)
{
    public static TaskAccepted Of(SyncTask task) =>
        new(task.Id.ToString(), task.Status, task.Message, TaskDetail.NotEmpty(task.Request.IgnoredMembers));
}

/// <summary>Answer of GET: the vendor's three members first, ours after them.</summary>
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
    TaskProgress Progress,
    IReadOnlyList<TaskFailure> Failures,
    IReadOnlyList<string>? IgnoredMembers)
{
    public static TaskDetail Of(SyncTask task) => new(
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
        task.Progress,
        task.Failures,
        NotEmpty(task.Request.IgnoredMembers));

    public static IReadOnlyList<string>? NotEmpty(IReadOnlyList<string> list) => list.Count > 0 ? list : null;
}

/// <summary>A page of tasks.</summary>
internal sealed record TaskList(IReadOnlyList<TaskListItem> Tasks, string? NextPageToken)
{
    public static TaskList Of(TaskPage page) => new([.. page.Tasks.Select(TaskListItem.Of)], page.NextPageToken);
}

/// <summary>A task in a list.</summary>
internal sealed record TaskListItem(
    string TaskId, SyncTaskStatus Status, string Message, SyncTaskOutcome? Outcome, string Type,
    DateTime CreateTime, DateTime? StartTime, DateTime? EndTime)
{
    public static TaskListItem Of(TaskSummary task) => new(
        task.Id.ToString(), task.Status, task.Message, task.Outcome, task.Type,
        task.CreateTime.UtcDateTime, task.StartTime?.UtcDateTime, task.EndTime?.UtcDateTime);
}

/// <summary>The event-style fields as the caller sent them.</summary>
internal sealed record EventDetail(string? Id, string? AppType, string? AppSubType, string? Source, JsonElement? CreateTime)
{
    public static EventDetail Of(SyncEvent sent) => new(
        sent.Id,
        sent.AppType,
        sent.AppSubType,
        sent.Source,
        sent.CreateTimeJson is { } json ? JsonElement.Parse(json) : null);
}

/// <summary>A page of a task's securables.</summary>
internal sealed record ResourcePage(IReadOnlyList<ResourceDetail> Resources, string? NextPageToken)
{
    public static ResourcePage Of(ResultPage page) => new([.. page.Resources.Select(ResourceDetail.Of)], page.NextPageToken);
}

/// <summary>The result of one securable.</summary>
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
internal sealed record ExternalChangeDetail(
    ChangeAction Action, string Principal, string Privilege, long? PolicyId, string? TaskId, string? By, DateTime? At)
{
    public static ExternalChangeDetail Of(ExternalChange change) => new(
        change.Action, change.Principal, change.Privilege, change.PolicyId, change.TaskId, change.By, change.At?.UtcDateTime);
}

/// <summary>A request that a writing task would send.</summary>
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
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(ResourcePage))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(TaskBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
