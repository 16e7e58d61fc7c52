using System.Text.Json;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api;

// What a task did to its securables. As in Answers.cs, the order of parameters is the order on the wire.

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
/// <param name="SelfOnly">True for a container that was synced by itself, without what is below it; null otherwise.</param>
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
    bool? SelfOnly,
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
        result.SelfOnly ? true : null,
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
