using System.Text.Json.Serialization;

namespace PolicySync.Core.Policies.Sets;

/// <summary>What a policy is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyKind>))]
public enum PolicyKind
{
    /// <summary>It allows or denies access to resources.</summary>
    [JsonStringEnumMemberName("ACCESS")] Access,

    /// <summary>It masks columns.</summary>
    [JsonStringEnumMemberName("MASK")] Mask,

    /// <summary>It filters rows.</summary>
    [JsonStringEnumMemberName("FILTER")] Filter,

    /// <summary>It is about tags; whether it allows, denies, masks or filters is in its items.</summary>
    [JsonStringEnumMemberName("TAG")] Tag,

    /// <summary>It is of a type that the service does not support, and has no effect.</summary>
    [JsonStringEnumMemberName("OTHER")] Other,
}
