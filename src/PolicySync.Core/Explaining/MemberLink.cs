using System.Text.Json.Serialization;

namespace PolicySync.Core.Explaining;

/// <summary>One step from a principal up to a group or role: what contains the one before it.</summary>
/// <param name="Name">The group or role.</param>
/// <param name="Source">What says so.</param>
public sealed record MemberLink(string Name, MemberSource Source);

/// <summary>What says that a group or role contains a principal.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberSource>))]
public enum MemberSource
{
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
