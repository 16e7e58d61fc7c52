using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Plans;

namespace PolicySync.Host.Api.Plans;

/// <summary>A plan: what it was made from, how far it is, and what it would do.</summary>
/// <param name="PlanId">The id of the plan, which is also that of its task: a decimal number of up to 19 digits, as text.</param>
/// <param name="Status">The status of the plan. `SUCCESS`, `FAILED` and `SKIPPED` are final.</param>
/// <param name="Message">What the plan does or waits for, or how it ended, for people.</param>
/// <param name="Outcome">How it ended, in more detail than the status; null until then.</param>
/// <param name="CreateTime">When it was accepted.</param>
/// <param name="EndTime">When it ended; null until then.</param>
/// <param name="ExpireTime">Until when it may be applied.</param>
/// <param name="RequestedBy">The subject of the token with which it was requested.</param>
/// <param name="Policies">The policies that it was made from.</param>
/// <param name="Warnings">What the caller should know of these policies; null when there is nothing.</param>
/// <param name="Resources">The first of its resources, up to 20, each with its type: `table main.sales.customers`.</param>
/// <param name="ResourceCount">The number of its resources.</param>
/// <param name="Progress">Counts of the securables of the plan.</param>
/// <param name="Failures">The first ten failures. A plan with failures cannot be applied.</param>
/// <param name="Summary">What it would do in all; null until it has ended.</param>
internal sealed record PlanDetail(
    string PlanId,
    SyncTaskStatus Status,
    string Message,
    SyncTaskOutcome? Outcome,
    DateTime CreateTime,
    DateTime? EndTime,
    DateTime ExpireTime,
    string? RequestedBy,
    PlanPoliciesDetail Policies,
    IReadOnlyList<string>? Warnings,
    IReadOnlyList<string> Resources,
    int ResourceCount,
    ProgressDetail Progress,
    IReadOnlyList<TaskFailure> Failures,
    PlanSummary? Summary)
{
    public static PlanDetail Of(SyncTask task, PlanSummary? summary, DateTimeOffset now) => new(
        task.Id.ToString(), task.Status, task.Message, task.Outcome, task.CreateTime.UtcDateTime, task.EndTime?.UtcDateTime,
        (task.CreateTime + PlanSteps.LastsFor).UtcDateTime, task.Request.Subject, PlanPoliciesDetail.Of(task.Request.Plan!),
        TaskDetail.NotEmpty(task.Request.Plan!.Warnings),
        [.. task.Request.Resources.Take(TaskListItem.MaxResources).Select(TaskSummary.NameOf)], task.Request.Resources.Count,
        ProgressDetail.Of(task, now), task.Failures, summary);
}

/// <summary>The policies that a plan was made from.</summary>
/// <param name="Version">The version number in the download; -1 when it has none.</param>
/// <param name="Stamp">The stamp of the current policies when the plan was requested.</param>
/// <param name="Content">The digest of what of the policies is evaluated, the same for equal policies of any version.</param>
/// <param name="Candidate">Whether they are candidate policies that the caller sent, in place of the current ones.</param>
internal sealed record PlanPoliciesDetail(long Version, string Stamp, string Content, bool Candidate)
{
    public static PlanPoliciesDetail Of(PlanSource source) => new(source.Version, source.Stamp, source.Content, source.Candidate is not null);
}

/// <summary>A page of what a plan would do to each securable.</summary>
/// <param name="Resources">The securables of this page.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record PlanResourcePage(IReadOnlyList<PlanResourceDetail> Resources, string? NextPageToken)
{
    public static PlanResourcePage Of(ResultPage page) => new([.. page.Resources.Select(PlanResourceDetail.Of)], page.NextPageToken);
}

/// <summary>What a plan would do to a securable.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name.</param>
/// <param name="Status">Whether it could be planned.</param>
/// <param name="Message">What would be done, or why it could not be planned, for people.</param>
/// <param name="Lines">The changes as lines: `+` for what is given, `-` for what is taken back, `~` for a row filter or mask that is set or dropped; up to 1,000.</param>
/// <param name="Changes">The same changes; up to 1,000.</param>
/// <param name="ChangeCount">The number of changes.</param>
/// <param name="PlannedCalls">The requests that would be sent, in their order; as many as fit into 256 Ki characters.</param>
/// <param name="PlannedCallCount">The number of requests.</param>
/// <param name="Users">The first users whose effective access to the securable changes, up to 200.</param>
/// <param name="GainingCount">The number of users that gain a privilege on it.</param>
/// <param name="LosingCount">The number of users that lose a privilege on it.</param>
/// <param name="UsersUnknown">Why the effect on users is not known; null when it is.</param>
/// <param name="Gaps">Differences between policy and Unity Catalog that would be left; up to 1,000.</param>
/// <param name="GapCount">The number of gaps.</param>
/// <param name="Error">Why it could not be planned; null when it could.</param>
internal sealed record PlanResourceDetail(
    string Type,
    string FullName,
    ResourceStatus Status,
    string Message,
    IReadOnlyList<string> Lines,
    IReadOnlyList<ResourceChange> Changes,
    int ChangeCount,
    IReadOnlyList<PlannedCallDetail> PlannedCalls,
    int PlannedCallCount,
    IReadOnlyList<AccessChange> Users,
    int GainingCount,
    int LosingCount,
    string? UsersUnknown,
    IReadOnlyList<Gap> Gaps,
    int GapCount,
    ResultError? Error)
{
    public static PlanResourceDetail Of(ResourceResult result) => new(
        result.Type, result.FullName, result.Status, result.Message, [.. result.Changes.Select(PlanLines.Of)],
        result.Changes, result.ChangeCount, [.. result.PlannedCalls.Select(PlannedCallDetail.Of)], result.PlannedCallCount,
        result.Effect?.Users ?? [], result.Effect?.Gaining ?? 0, result.Effect?.Losing ?? 0, result.Effect?.Unknown,
        result.Gaps, result.GapCount, result.Error);
}
