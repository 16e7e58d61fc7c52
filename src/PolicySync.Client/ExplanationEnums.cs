using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>Whether policy gives a privilege.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyAnswer>))]
public enum PolicyAnswer
{
    /// <summary>An answer that this version of the client does not know.</summary>
    Unknown,

    /// <summary>No policy allows it, or one denies it.</summary>
    [JsonStringEnumMemberName("NOT_ALLOWED")] NotAllowed,

    /// <summary>Policy gives it, and no grant does, because the grant would give too much or cannot be made.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>Policy gives it, and wants a grant that reaches the principal.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,
}

/// <summary>The verdict of one policy, or of all.</summary>
[JsonConverter(typeof(WireNameConverter<ExplainedVerdict>))]
public enum ExplainedVerdict
{
    /// <summary>A verdict that this version of the client does not know.</summary>
    Unknown,

    /// <summary>None.</summary>
    [JsonStringEnumMemberName("NONE")] None,

    /// <summary>Allowed.</summary>
    [JsonStringEnumMemberName("ALLOWED")] Allowed,

    /// <summary>Denied.</summary>
    [JsonStringEnumMemberName("DENIED")] Denied,
}

/// <summary>Why an evaluation asked no further policy.</summary>
[JsonConverter(typeof(WireNameConverter<ExplainedEnd>))]
public enum ExplainedEnd
{
    /// <summary>A reason that this version of the client does not know.</summary>
    Unknown,

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

/// <summary>A part of a policy.</summary>
[JsonConverter(typeof(WireNameConverter<ExplainedPart>))]
public enum ExplainedPart
{
    /// <summary>A part that this version of the client does not know.</summary>
    Unknown,

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
[JsonConverter(typeof(WireNameConverter<ExplainedNaming>))]
public enum ExplainedNaming
{
    /// <summary>A way that this version of the client does not know.</summary>
    Unknown,

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
[JsonConverter(typeof(WireNameConverter<ExplainedTruth>))]
public enum ExplainedTruth
{
    /// <summary>It cannot be evaluated, so it counts against access; or a value that this version of the client does not know.</summary>
    [JsonStringEnumMemberName("UNKNOWN")] Unknown,

    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("FALSE")] False,

    /// <summary>It holds.</summary>
    [JsonStringEnumMemberName("TRUE")] True,
}

/// <summary>How a policy names a securable.</summary>
[JsonConverter(typeof(WireNameConverter<ExplainedMatch>))]
public enum ExplainedMatch
{
    /// <summary>A way that this version of the client does not know.</summary>
    Unknown,

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
[JsonConverter(typeof(WireNameConverter<ExplainedAbsence>))]
public enum ExplainedAbsence
{
    /// <summary>A reason that this version of the client does not know.</summary>
    Unknown,

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

/// <summary>What says that a group or role contains a principal.</summary>
[JsonConverter(typeof(WireNameConverter<MemberSource>))]
public enum MemberSource
{
    /// <summary>A source that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The directory of the workspace: an account group, through which Unity Catalog gives access too.</summary>
    [JsonStringEnumMemberName("DIRECTORY")] Directory,

    /// <summary>Ranger's user store: policies count the principal as a member, and Unity Catalog does not.</summary>
    [JsonStringEnumMemberName("RANGER_USER_STORE")] RangerUserStore,

    /// <summary>A Ranger role.</summary>
    [JsonStringEnumMemberName("RANGER_ROLE")] RangerRole,

    /// <summary>An account group that has the Ranger role of its name (<c>Sync:RolesAsGroups</c>).</summary>
    [JsonStringEnumMemberName("ROLE_AS_GROUP")] RoleAsGroup,

    /// <summary>Every user and service principal of the account is a member of <c>account users</c>.</summary>
    [JsonStringEnumMemberName("EVERYONE")] Everyone,
}

/// <summary>What a guard does.</summary>
[JsonConverter(typeof(WireNameConverter<ExplainedGuardKind>))]
public enum ExplainedGuardKind
{
    /// <summary>A kind that this version of the client does not know.</summary>
    Unknown,

    /// <summary>A row filter: the principal sees some rows.</summary>
    [JsonStringEnumMemberName("ROW_FILTER")] RowFilter,

    /// <summary>A column mask: the principal sees another value.</summary>
    [JsonStringEnumMemberName("COLUMN_MASK")] ColumnMask,

    /// <summary>A column mask that hides a column which policy denies to the principal.</summary>
    [JsonStringEnumMemberName("DENIED_COLUMN")] DeniedColumn,
}
