using System.Text.Json.Serialization;
using PolicySync.Core.Reports;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Securables;

/// <summary>From where an answer about access is taken. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AccessSource>))]
internal enum AccessSource
{
    /// <summary>The workspace is read for the answer.</summary>
    [JsonStringEnumMemberName("live")] Live,

    /// <summary>What the last sync recorded; the workspace is not called.</summary>
    [JsonStringEnumMemberName("last")] Last,
}

// The order of parameters is the order on the wire.

/// <summary>Who has access to a securable, by which path, and what policy says about it: a page of principals.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name, in lower case.</param>
/// <param name="Source">`live`: the workspace was read. `last`: what the last sync recorded.</param>
/// <param name="Kind">The kind as Unity Catalog has it, for example `MANAGED` or `VIEW`; null in a recorded answer.</param>
/// <param name="Owner">The owner; null when it is not known.</param>
/// <param name="ReadTime">When the grants were read; null when nothing was recorded.</param>
/// <param name="PolicyVersion">The version of the policies that the answer compares with; null when there is none.</param>
/// <param name="Principals">The principals of this page, sorted.</param>
/// <param name="PrincipalCount">The number of principals on all pages.</param>
/// <param name="Gaps">The first 1,000 differences between policy and Unity Catalog that a sync would leave; on the first page only.</param>
/// <param name="GapCount">The number of such differences.</param>
/// <param name="Changes">The first 1,000 changes that a sync would make; on the first page only.</param>
/// <param name="ChangeCount">The number of such changes.</param>
/// <param name="Unread">What could not be read; access by such paths is missing in the answer.</param>
/// <param name="Calls">Requests to Unity Catalog that the answer took.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record AccessPage(
    string Type,
    string FullName,
    AccessSource Source,
    string? Kind,
    string? Owner,
    DateTime? ReadTime,
    long? PolicyVersion,
    IReadOnlyList<PrincipalAccess> Principals,
    int PrincipalCount,
    IReadOnlyList<Gap> Gaps,
    int GapCount,
    IReadOnlyList<ResourceChange> Changes,
    int ChangeCount,
    IReadOnlyList<string> Unread,
    int Calls,
    string? NextPageToken)
{
    public static AccessPage Of(AccessReport report, AccessSource source, string? nextPageToken) => new(
        report.Type,
        report.FullName,
        source,
        report.Kind,
        report.Owner,
        report.ReadTime,
        report.PolicyVersion,
        report.Principals,
        report.PrincipalCount,
        report.Gaps,
        report.GapCount,
        report.Changes,
        report.ChangeCount,
        report.Unread,
        report.Calls,
        nextPageToken);
}
