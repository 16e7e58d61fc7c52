using System.Text.Json.Serialization;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>A part of a policy, or of an item of one, that is evaluated.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyPart>))]
public enum PolicyPart
{
    /// <summary>The name of the policy. It orders policies that are alike otherwise.</summary>
    [JsonStringEnumMemberName("NAME")] Name,

    /// <summary>Whether the policy is enabled.</summary>
    [JsonStringEnumMemberName("ENABLED")] Enabled,

    /// <summary>What the policy is about.</summary>
    [JsonStringEnumMemberName("KIND")] Kind,

    /// <summary>The security zone.</summary>
    [JsonStringEnumMemberName("ZONE")] Zone,

    /// <summary>Whether the policy overrides normal ones.</summary>
    [JsonStringEnumMemberName("PRIORITY")] Priority,

    /// <summary>The sets of resources.</summary>
    [JsonStringEnumMemberName("RESOURCES")] Resources,

    /// <summary>When the policy holds.</summary>
    [JsonStringEnumMemberName("VALIDITY")] Validity,

    /// <summary>The conditions of the policy or the item.</summary>
    [JsonStringEnumMemberName("CONDITIONS")] Conditions,

    /// <summary>Whether the policy denies every principal that none of its items allows.</summary>
    [JsonStringEnumMemberName("DENY_ALL_ELSE")] DenyAllElse,

    /// <summary>The order of the items, of which the first that matches decides.</summary>
    [JsonStringEnumMemberName("ITEM_ORDER")] ItemOrder,

    /// <summary>The users of the item.</summary>
    [JsonStringEnumMemberName("USERS")] Users,

    /// <summary>The groups of the item.</summary>
    [JsonStringEnumMemberName("GROUPS")] Groups,

    /// <summary>The roles of the item.</summary>
    [JsonStringEnumMemberName("ROLES")] Roles,

    /// <summary>The access types of the item.</summary>
    [JsonStringEnumMemberName("ACCESSES")] Accesses,

    /// <summary>The mask of the item.</summary>
    [JsonStringEnumMemberName("MASK")] Mask,

    /// <summary>The row filter of the item.</summary>
    [JsonStringEnumMemberName("FILTER")] Filter,

    /// <summary>Whether the principals of the item may manage policies of the resource in Ranger.</summary>
    [JsonStringEnumMemberName("DELEGATE_ADMIN")] DelegateAdmin,
}
