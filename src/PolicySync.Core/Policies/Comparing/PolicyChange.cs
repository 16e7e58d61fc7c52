using System.Text.Json.Serialization;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>How a policy, or an item of one, differs between two sets.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyChange>))]
public enum PolicyChange
{
    /// <summary>Only the candidate set has it.</summary>
    [JsonStringEnumMemberName("ADDED")] Added,

    /// <summary>Only the current set has it.</summary>
    [JsonStringEnumMemberName("REMOVED")] Removed,

    /// <summary>Both sets have it, and what is evaluated of it differs.</summary>
    [JsonStringEnumMemberName("CHANGED")] Changed,
}
