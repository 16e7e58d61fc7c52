using System.Text.Json.Serialization;

namespace PolicySync.Core.Tasks;

/// <summary>Why Unity Catalog's access differs from policy. Wire names are promises (specification §3).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GapCode>))]
public enum GapCode
{
    /// <summary>A group with denied members: the allowed ones have the privilege individually.</summary>
    [JsonStringEnumMemberName("GROUP_EXPANDED")] GroupExpanded,

    /// <summary>A group with denied members and too many others: the group's members do not get the privilege.</summary>
    [JsonStringEnumMemberName("GROUP_WITHHELD")] GroupWithheld,

    /// <summary>A deny is in play and the group's members are not known.</summary>
    [JsonStringEnumMemberName("MEMBERSHIP_UNKNOWN")] MembershipUnknown,

    /// <summary>Unity Catalog does not know the principal.</summary>
    [JsonStringEnumMemberName("PRINCIPAL_UNKNOWN")] PrincipalUnknown,

    /// <summary>The group is local to the workspace; Unity Catalog grants to account groups only.</summary>
    [JsonStringEnumMemberName("PRINCIPAL_LOCAL")] PrincipalLocal,

    /// <summary>This kind of securable does not have the privilege.</summary>
    [JsonStringEnumMemberName("PRIVILEGE_NOT_APPLICABLE")] PrivilegeNotApplicable,

    /// <summary>A condition, script, expression or schedule that cannot be evaluated.</summary>
    [JsonStringEnumMemberName("CONDITION_UNSUPPORTED")] ConditionUnsupported,

    /// <summary>A feature of the policies that this version cannot read.</summary>
    [JsonStringEnumMemberName("POLICY_FEATURE_UNSUPPORTED")] PolicyFeatureUnsupported,

    /// <summary>A policy on named columns; grants are on whole tables.</summary>
    [JsonStringEnumMemberName("COLUMN_NOT_EXPRESSIBLE")] ColumnNotExpressible,

    /// <summary>An item for <c>{OWNER}</c>, which no grant can express.</summary>
    [JsonStringEnumMemberName("OWNER_MACRO")] OwnerMacro,

    /// <summary>Ownership of the object, or of the metastore, gives what policy denies.</summary>
    [JsonStringEnumMemberName("OWNER_ACCESS")] OwnerAccess,

    /// <summary>A grant on a container applies to everything below, and policy does not.</summary>
    [JsonStringEnumMemberName("INHERITED_ACCESS")] InheritedAccess,

    /// <summary>A container grant was withheld because it would reach something denied below.</summary>
    [JsonStringEnumMemberName("CONTAINER_WITHHELD")] ContainerWithheld,

    /// <summary>A grant that others made and policy does not want.</summary>
    [JsonStringEnumMemberName("FOREIGN_GRANT")] ForeignGrant,

    /// <summary>A row filter or mask applies and cannot be set, so SELECT is withheld.</summary>
    [JsonStringEnumMemberName("GUARD_UNAVAILABLE")] GuardUnavailable,

    /// <summary>USE on a parent is needed, and the parent is outside the managed set.</summary>
    [JsonStringEnumMemberName("PARENT_NOT_MANAGED")] ParentNotManaged,

    /// <summary>A row filter or mask that policy no longer wants stays, because a principal that it restricts can still read.</summary>
    [JsonStringEnumMemberName("GUARD_KEPT")] GuardKept,

    /// <summary>Unity Catalog refuses one grant or revoke, and takes the rest of the change.</summary>
    [JsonStringEnumMemberName("GRANT_REFUSED")] GrantRefused,

    /// <summary>An attribute-based policy of Unity Catalog gives what no Ranger policy does.</summary>
    [JsonStringEnumMemberName("FOREIGN_POLICY")] ForeignPolicy,
}

/// <summary>Which way a gap goes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GapDirection>))]
public enum GapDirection
{
    /// <summary>Policy gives it and Unity Catalog does not.</summary>
    [JsonStringEnumMemberName("WITHHELD")] Withheld,

    /// <summary>Unity Catalog gives it and policy does not.</summary>
    [JsonStringEnumMemberName("EXPOSED")] Exposed,
}

/// <summary>One difference between policy and Unity Catalog that a run leaves.</summary>
/// <param name="Code">Why.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Principal">The principal, as the policy spells it; null when it concerns no single principal.</param>
/// <param name="Privilege">Which privilege, upper case; null when it concerns all.</param>
/// <param name="Detail">Text for people: the difference, its cause, and the remedy.</param>
/// <param name="PolicyId">The policy concerned, when there is one.</param>
public sealed record Gap(
    GapCode Code, GapDirection Direction, string? Principal, string? Privilege, string Detail, long? PolicyId);
