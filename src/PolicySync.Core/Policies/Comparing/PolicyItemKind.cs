using System.Text.Json.Serialization;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>Which list of a policy an item is in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyItemKind>))]
public enum PolicyItemKind
{
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
