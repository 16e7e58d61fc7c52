using System.Text.Json.Serialization;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Explaining;

/// <summary>What policies decide about a principal, a privilege and a securable, and how.</summary>
/// <param name="Decision">Whether policy gives the privilege, and whether a grant can express it.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Code">Of a decision <c>WITHHELD</c>: why no grant gives it; null otherwise, and when no gap says so.</param>
/// <param name="Verdict">What Ranger's evaluation of the policies that name the securable says.</param>
/// <param name="PolicyId">The policy that gave the verdict; null without one.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="End">Why no further policy was asked.</param>
public sealed record ExplainedPolicy(
    PolicyAnswer Decision, string Reason, GapCode? Code, ExplainedVerdict Verdict, long? PolicyId, string? PolicyName, ExplainedEnd End)
{
    /// <summary>The security zone whose policies were asked; null for the policies outside zones.</summary>
    public string? Zone { get; init; }

    /// <summary>
    /// The first 500 policies in the order in which they are asked: those of tags, then those of resources; where there are more, those
    /// that name the principal and the privilege are kept before others.
    /// </summary>
    public IReadOnlyList<ExplainedStep> Steps { get; init; } = [];

    /// <summary>The number of policies that match the securable at its own level.</summary>
    public int StepCount { get; init; }

    /// <summary>Policies that name the securable and the privilege and have no part in the decision, up to 100.</summary>
    public IReadOnlyList<UnaskedStep> NotAsked { get; init; } = [];

    /// <summary>The grants that policy wants on the securable and that reach the principal.</summary>
    public IReadOnlyList<WantedGrant> Grants { get; init; } = [];
}

/// <summary>Whether policy gives a privilege.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyAnswer>))]
public enum PolicyAnswer
{
    /// <summary>No policy allows it, or one denies it.</summary>
    [JsonStringEnumMemberName("NOT_ALLOWED")] NotAllowed,

    /// <summary>Policy gives it, and no grant does, because the grant would give too much or cannot be made.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>Policy gives it, and wants a grant that reaches the principal.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,
}

/// <summary>The verdict of one policy, or of all.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedVerdict>))]
public enum ExplainedVerdict
{
    /// <summary>None.</summary>
    [JsonStringEnumMemberName("NONE")] None,

    /// <summary>Allowed.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,

    /// <summary>Denied.</summary>
    [JsonStringEnumMemberName("DENIED")] Denied,
}

/// <summary>Why an evaluation asked no further policy.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedEnd>))]
public enum ExplainedEnd
{
    /// <summary>Every policy was asked.</summary>
    [JsonStringEnumMemberName("EVERY_POLICY_ASKED")] EveryPolicyAsked,

    /// <summary>A deny is final.</summary>
    [JsonStringEnumMemberName("DENIED")] Denied,

    /// <summary>An allow is final: no policy that can deny follows at its priority.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,

    /// <summary>An allow is final: the policies that follow have a lower priority.</summary>
    [JsonStringEnumMemberName("ALLOWED_BY_PRIORITY")] AllowedByPriority,

    /// <summary>A deny of a tag policy is final: the resource policies that follow do not have a higher priority.</summary>
    [JsonStringEnumMemberName("DENIED_BY_TAG")] DeniedByTag,

    /// <summary>Every policy was asked, and no allow of a higher priority was final, so the deny of a tag policy remains.</summary>
    [JsonStringEnumMemberName("TAG_DENIAL_REMAINS")] TagDenialRemains,
}

/// <summary>A grant that policy wants on the securable and that reaches the principal.</summary>
/// <param name="Principal">The principal of the grant: the principal itself, or a group that contains it.</param>
/// <param name="Privilege">The privilege of the grant: the one asked about, or one that includes it.</param>
/// <param name="PolicyId">The policy that asks for it; null when no single one does.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="Path">How the grant reaches the principal: the groups from the one that lists it upwards; empty for its own grant.</param>
public sealed record WantedGrant(
    string Principal, string Privilege, long? PolicyId, string? PolicyName, IReadOnlyList<MemberLink> Path);
