using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using PolicySync.Core.Drift;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Drift;

// The body of POST /drift/{driftId}:ignore, for the API document only. ReasonReader reads bodies and reports every fault.

/// <summary>Why a difference is not to be reported, and until when.</summary>
internal sealed record IgnoreBody(
    [property: Description("Why, for people."), MinLength(1), MaxLength(Suspension.MaxReason)] string Reason,
    [property: Description("From this time on the difference is reported again. In the future, at most 366 days ahead.")] DateTimeOffset EndTime);

/// <summary>A page of differences.</summary>
/// <param name="Drift">The differences of this page, those of a securable together.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record DriftPage(IReadOnlyList<DriftDetail> Drift, string? NextPageToken);

/// <summary>A difference between policy and a securable.</summary>
/// <param name="Id">The id: the same whenever this difference is found.</param>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name of the securable.</param>
/// <param name="Kind">Whether a sync would change it, or it is a grant of others that the mode leaves.</param>
/// <param name="State">Whether it is reported.</param>
/// <param name="Action">What a sync would do; null for a grant of others, and where functions of row filters or masks were changed by others.</param>
/// <param name="Principal">Whose grant; null for row filters and masks.</param>
/// <param name="Privilege">The privilege; null for row filters and masks.</param>
/// <param name="Column">The masked column; null otherwise.</param>
/// <param name="PolicyId">The policy that asks for the change, or had asked for what is to be taken back; null when none is known.</param>
/// <param name="PolicyName">The name of that policy; null when none is known.</param>
/// <param name="Since">When a `VERIFY` task or a dry run found it first.</param>
/// <param name="ChangedBy">The principal that changed the securable last; null when that is not known.</param>
/// <param name="ChangeTime">When that was; null when that is not known.</param>
/// <param name="IgnoreReason">Why it is ignored; null when it is not.</param>
/// <param name="IgnoreEndTime">When it is reported again; null when it is not ignored.</param>
/// <param name="IgnoredBy">The subject of the token that ignored it; null when it is not ignored, or that token had none.</param>
/// <param name="IgnoreTime">When it was ignored; null when it is not.</param>
/// <param name="AdoptedBy">The subject of the token that adopted the grant, which a sync takes back now; null when none did.</param>
/// <param name="AdoptTime">When it was adopted; null when it was not.</param>
internal sealed record DriftDetail(
    string Id,
    string Type,
    string FullName,
    DriftKind Kind,
    DriftState State,
    ChangeAction? Action,
    string? Principal,
    string? Privilege,
    string? Column,
    long? PolicyId,
    string? PolicyName,
    DateTime Since,
    string? ChangedBy,
    DateTime? ChangeTime,
    string? IgnoreReason,
    DateTime? IgnoreEndTime,
    string? IgnoredBy,
    DateTime? IgnoreTime,
    string? AdoptedBy,
    DateTime? AdoptTime)
{
    public static DriftDetail Of(Securable securable, DriftEntry entry, DateTimeOffset now)
    {
        var (difference, state) = (entry.Difference, entry.StateAt(now));
        var accepted = state == DriftState.Ignored ? entry.Accepted : null;
        return new DriftDetail(
            DriftId.Of(securable, difference), ResourceResult.TypeOf(securable), securable.FullName, difference.Kind, state, difference.Action,
            difference.Principal, difference.Privilege, difference.Column, difference.PolicyId, difference.PolicyName, entry.Since.UtcDateTime,
            difference.ChangedBy, difference.ChangedAt?.UtcDateTime, accepted?.Reason, accepted?.EndTime.UtcDateTime, accepted?.By,
            accepted?.Time.UtcDateTime, entry.AdoptedBy, entry.AdoptTime?.UtcDateTime);
    }
}
