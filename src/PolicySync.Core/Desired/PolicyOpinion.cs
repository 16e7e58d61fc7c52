using System.Text.Json.Serialization;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>What policy says about one privilege of one principal on a securable. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyVerdict>))]
public enum PolicyVerdict
{
    /// <summary>Policy gives it, and a grant expresses it.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,

    /// <summary>Policy gives it on a container above, whose grant Unity Catalog hands down.</summary>
    [JsonStringEnumMemberName("ALLOWED_ABOVE")] AllowedAbove,

    /// <summary>Policy gives it, and no grant can express exactly that, so none is made.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>No policy gives it.</summary>
    [JsonStringEnumMemberName("NOT_ALLOWED")] NotAllowed,

    /// <summary>A policy denies it.</summary>
    [JsonStringEnumMemberName("DENIED")] Denied,
}

/// <summary>What policy says about one privilege of one principal, and which policy says it.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="PolicyId">The policy that gives, denies or prevents it; null when no single one does.</param>
/// <param name="PolicyName">The name of that policy; null when no single one does.</param>
/// <param name="Code">Why it is withheld; null for other verdicts.</param>
/// <param name="Reason">The same, for people; null for other verdicts.</param>
public sealed record PolicyOpinion(PolicyVerdict Verdict, long? PolicyId, string? PolicyName, GapCode? Code = null, string? Reason = null);
