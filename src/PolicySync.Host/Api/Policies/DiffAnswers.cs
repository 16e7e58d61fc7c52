using System.ComponentModel;
using System.Text.Json;
using PolicySync.Core.Policies.Comparing;
using PolicySync.Host.Api.Plans;

namespace PolicySync.Host.Api.Policies;

/// <summary>Policies to compare with the current ones, for the API document only: one of the members. PlanRequestReader reads it.</summary>
internal sealed record PolicyDiffBody(
    [property: Description(PolicyDiffBody.OfPolicies)] JsonElement? Policies = null,
    [property: Description(PlanBody.OfPolicy)] JsonElement? Policy = null)
{
    public const string OfPolicies = "A whole download of Ranger to compare with the current policies.";
}

/// <summary>A page of the policies that differ between the current and the candidate policies.</summary>
/// <param name="Differs">Whether anything that is evaluated differs.</param>
/// <param name="Statement">The result in a sentence, for people.</param>
/// <param name="Counts">How many policies differ, on all pages.</param>
/// <param name="SetParts">What differs besides policies: service definitions, zones, settings; up to 100, the same on each page.</param>
/// <param name="SetPartCount">The number of such differences.</param>
/// <param name="Policies">The policies of this page.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page. It is refused when one of the sets is another one by then.</param>
/// <param name="Set">The current policies.</param>
internal sealed record PolicyDiffDetail(
    bool Differs, string Statement, PolicyDiffCounts Counts, IReadOnlyList<PolicySetPartDifference> SetParts, int SetPartCount,
    IReadOnlyList<PolicyDifference> Policies, string? NextPageToken, PolicySetDetail Set)
{
    public static PolicyDiffDetail Of(PolicyDiff diff, PolicyDiffPage page, PolicySetDetail set) => new(
        diff.Differs, diff.Statement, diff.Counts, diff.SetParts, diff.SetPartCount, page.Policies, page.NextPageToken, set);
}
