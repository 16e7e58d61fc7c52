using System.Text.Json.Serialization;

namespace PolicySync.Core.Explaining;

/// <summary>One policy of an evaluation.</summary>
/// <param name="PolicyId">The policy; null when it has no id.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="Priority">Its priority: 1 overrides, 0 is normal.</param>
/// <param name="Asked">Whether it was asked; false when the decision was final before.</param>
/// <param name="Verdict">What it says alone.</param>
/// <param name="Changed">Whether it changed the decision.</param>
/// <param name="Decides">Whether it is the policy that decides.</param>
public sealed record ExplainedStep(
    long? PolicyId, string? PolicyName, int Priority, bool Asked, ExplainedVerdict Verdict, bool Changed, bool Decides)
{
    /// <summary>The tag through which a tag policy applies; null for a resource policy.</summary>
    public string? Tag { get; init; }

    /// <summary>The object that carries the tag; null for a resource policy, and when it is not known.</summary>
    public string? TaggedObject { get; init; }

    /// <summary>How the policy names the securable.</summary>
    public ExplainedMatch Match { get; init; }

    /// <summary>Whether the policy applies at all: its schedule, the meaning of its resources and its own conditions; null when it was not asked.</summary>
    public ExplainedTruth? Holds { get; init; }

    /// <summary>The policy's own conditions.</summary>
    public IReadOnlyList<ExplainedCondition> Conditions { get; init; } = [];

    /// <summary>The items that name the principal and the privilege, in the order in which they were asked.</summary>
    public IReadOnlyList<ExplainedItem> Items { get; init; } = [];

    /// <summary>What of the policy gives its verdict; null without a verdict.</summary>
    public ExplainedPart? GivenBy { get; init; }
}

/// <summary>An item of a policy that names the principal and the privilege.</summary>
/// <param name="Part">The part of the policy that it belongs to.</param>
/// <param name="Index">Its position in that part, from 0; in a tag policy, among the items that are for this service.</param>
/// <param name="NamedBy">What in it names the principal.</param>
/// <param name="Name">The user, group or role that it names; null for the other ways.</param>
/// <param name="Path">How the principal belongs to that group or role, from the group that lists it upwards.</param>
public sealed record ExplainedItem(
    ExplainedPart Part, int Index, ExplainedNaming NamedBy, string? Name, IReadOnlyList<MemberLink> Path)
{
    /// <summary>Whether the policy and the item's conditions hold.</summary>
    public ExplainedTruth Holds { get; init; }

    /// <summary>The item's own conditions.</summary>
    public IReadOnlyList<ExplainedCondition> Conditions { get; init; } = [];

    /// <summary>Whether the item applies. What cannot be evaluated applies only where that takes access away.</summary>
    public bool Applies { get; init; }
}

/// <summary>A condition of a policy or item.</summary>
/// <param name="Description">What it is, for people.</param>
/// <param name="Holds">Whether it holds.</param>
public sealed record ExplainedCondition(string Description, ExplainedTruth Holds);

/// <summary>A policy that names the securable and the privilege and has no part in the decision.</summary>
/// <param name="PolicyId">The policy; null when it has no id.</param>
/// <param name="PolicyName">Its name.</param>
/// <param name="Reason">Why it has no part.</param>
/// <param name="Zone">The security zone of the policy; null outside zones.</param>
/// <param name="Tag">The tag of a tag policy; null for a resource policy.</param>
/// <param name="WouldSay">What it would say alone if it counted.</param>
public sealed record UnaskedStep(
    long? PolicyId, string? PolicyName, ExplainedAbsence Reason, string? Zone, string? Tag, ExplainedVerdict WouldSay);

/// <summary>A part of a policy.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedPart>))]
public enum ExplainedPart
{
    /// <summary>An item that allows.</summary>
    [JsonStringEnumMemberName("ALLOW")] Allow,

    /// <summary>An item that denies.</summary>
    [JsonStringEnumMemberName("DENY")] Deny,

    /// <summary>An item that cancels an allow item of its policy.</summary>
    [JsonStringEnumMemberName("ALLOW_EXCEPTION")] AllowException,

    /// <summary>An item that cancels a deny item of its policy.</summary>
    [JsonStringEnumMemberName("DENY_EXCEPTION")] DenyException,

    /// <summary>The policy as a whole, which denies every principal that none of its items allows.</summary>
    [JsonStringEnumMemberName("DENY_ALL_ELSE")] DenyAllElse,
}

/// <summary>What in an item names the principal.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedNaming>))]
public enum ExplainedNaming
{
    /// <summary>The group <c>public</c>.</summary>
    [JsonStringEnumMemberName("PUBLIC")] Public,

    /// <summary><c>{USER}</c>, which is any user.</summary>
    [JsonStringEnumMemberName("ANY_USER")] AnyUser,

    /// <summary>Its own name.</summary>
    [JsonStringEnumMemberName("USER")] User,

    /// <summary><c>{OWNER}</c>, which is the owner of the securable.</summary>
    [JsonStringEnumMemberName("OWNER")] Owner,

    /// <summary>A group.</summary>
    [JsonStringEnumMemberName("GROUP")] Group,

    /// <summary>A Ranger role.</summary>
    [JsonStringEnumMemberName("ROLE")] Role,
}

/// <summary>Whether a condition, schedule or match holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedTruth>))]
public enum ExplainedTruth
{
    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("FALSE")] False,

    /// <summary>It holds.</summary>
    [JsonStringEnumMemberName("TRUE")] True,

    /// <summary>It cannot be evaluated, so it counts against access.</summary>
    [JsonStringEnumMemberName("UNKNOWN")] Unknown,
}

/// <summary>How a policy names a securable.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedMatch>))]
public enum ExplainedMatch
{
    /// <summary>By its name or a pattern.</summary>
    [JsonStringEnumMemberName("SELF")] Self,

    /// <summary>With everything in it, as a table with all of its columns.</summary>
    [JsonStringEnumMemberName("SELF_AND_BELOW")] SelfAndBelow,

    /// <summary>Something in it, too.</summary>
    [JsonStringEnumMemberName("BELOW")] Below,

    /// <summary>A tag on a container of it.</summary>
    [JsonStringEnumMemberName("ABOVE")] Above,
}

/// <summary>Why a policy has no part in a decision.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedAbsence>))]
public enum ExplainedAbsence
{
    /// <summary>It is disabled.</summary>
    [JsonStringEnumMemberName("DISABLED")] Disabled,

    /// <summary>None of its schedules includes the time.</summary>
    [JsonStringEnumMemberName("OUTSIDE_SCHEDULE")] OutsideSchedule,

    /// <summary>None of the validity periods of the tag includes the time.</summary>
    [JsonStringEnumMemberName("TAG_OUTSIDE_SCHEDULE")] TagOutsideSchedule,

    /// <summary>It is of another security zone, or outside zones while the securable is in one.</summary>
    [JsonStringEnumMemberName("OTHER_ZONE")] OtherZone,

    /// <summary>It names what lies below the securable, where its grants are made.</summary>
    [JsonStringEnumMemberName("NAMES_WHAT_LIES_BELOW")] NamesWhatLiesBelow,
}
