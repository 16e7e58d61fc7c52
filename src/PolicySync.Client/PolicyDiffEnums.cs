using System.Text.Json.Serialization;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>How a policy, or an item of one, differs between two sets.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyChange>))]
public enum PolicyChange
{
    /// <summary>A value that this version of the client does not know.</summary>
    Unknown,

    /// <summary>Only the candidate set has it.</summary>
    [JsonStringEnumMemberName("ADDED")] Added,

    /// <summary>Only the current set has it.</summary>
    [JsonStringEnumMemberName("REMOVED")] Removed,

    /// <summary>Both sets have it, and what is evaluated of it differs.</summary>
    [JsonStringEnumMemberName("CHANGED")] Changed,
}

/// <summary>A part of a policy, or of an item of one, that is evaluated.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyPart>))]
public enum PolicyPart
{
    /// <summary>A value that this version of the client does not know.</summary>
    Unknown,

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

/// <summary>Which list of a policy an item is in.</summary>
[JsonConverter(typeof(WireNameConverter<PolicyItemKind>))]
public enum PolicyItemKind
{
    /// <summary>A value that this version of the client does not know.</summary>
    Unknown,

    /// <summary>It allows.</summary>
    [JsonStringEnumMemberName("ALLOW")] Allow,

    /// <summary>It denies.</summary>
    [JsonStringEnumMemberName("DENY")] Deny,

    /// <summary>It excepts from the items that allow.</summary>
    [JsonStringEnumMemberName("ALLOW_EXCEPTION")] AllowException,

    /// <summary>It excepts from the items that deny.</summary>
    [JsonStringEnumMemberName("DENY_EXCEPTION")] DenyException,

    /// <summary>It masks.</summary>
    [JsonStringEnumMemberName("MASK")] Mask,

    /// <summary>It filters rows.</summary>
    [JsonStringEnumMemberName("FILTER")] Filter,
}

/// <summary>A part of a set that is evaluated and is not a policy.</summary>
[JsonConverter(typeof(WireNameConverter<PolicySetPart>))]
public enum PolicySetPart
{
    /// <summary>A value that this version of the client does not know.</summary>
    Unknown,

    /// <summary>The service definition: access types, resource levels, masks, conditions.</summary>
    [JsonStringEnumMemberName("SERVICE_DEFINITION")] ServiceDefinition,

    /// <summary>The definition of the tag service, or whether there is such a service.</summary>
    [JsonStringEnumMemberName("TAG_SERVICE")] TagService,

    /// <summary>A security zone: its resources, and whether it has tag policies of its own.</summary>
    [JsonStringEnumMemberName("ZONE")] Zone,

    /// <summary>A setting of the service. Values are not shown.</summary>
    [JsonStringEnumMemberName("SETTING")] Setting,

    /// <summary>The settings of the tag service. Values are not shown.</summary>
    [JsonStringEnumMemberName("TAG_SETTINGS")] TagSettings,
}
