using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using PolicySync.Core.Suspensions;

namespace PolicySync.Host.Api.Suspensions;

// The body of PUT /suspensions/{pattern}, for the API document only. ReasonReader reads bodies and reports every fault.

/// <summary>Why nothing is to be written, and until when.</summary>
internal sealed record SuspensionBody(
    [property: Description("Why, for people. Tasks that are skipped show it."), MinLength(1), MaxLength(Suspension.MaxReason)] string Reason,
    [property: Description("From this time on the suspension has no effect. In the future, at most 366 days ahead.")] DateTimeOffset EndTime);

/// <summary>A page of suspensions.</summary>
/// <param name="Suspensions">The suspensions of this page, the one that was set last first.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record SuspensionPage(IReadOnlyList<SuspensionDetail> Suspensions, string? NextPageToken);

/// <summary>Nothing is written on the securables of a pattern until the end.</summary>
/// <param name="Pattern">The pattern, in lower case.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="EndTime">From this time on it has no effect.</param>
/// <param name="CreatedBy">The subject of the token that set it last; null when that token had none.</param>
/// <param name="CreateTime">When it was set last.</param>
internal sealed record SuspensionDetail(string Pattern, string Reason, DateTime EndTime, string? CreatedBy, DateTime CreateTime)
{
    public static SuspensionDetail Of(Suspension suspension) => new(
        suspension.Pattern.Key, suspension.Reason, suspension.EndTime.UtcDateTime, suspension.CreatedBy, suspension.CreateTime.UtcDateTime);
}
