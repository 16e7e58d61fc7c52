using System.Text.Json.Serialization;

namespace PolicySync.Ranger.Model;

/// <summary>The answer of Ranger's role download.</summary>
public sealed class RangerRoles
{
    /// <summary>Name of the service that asked.</summary>
    public string? ServiceName { get; set; }

    /// <summary>Version of the roles.</summary>
    public long? RoleVersion { get; set; }

    /// <summary>The roles.</summary>
    [JsonPropertyName("rangerRoles")]
    public List<RangerRole> Roles { get; set; } = [];
}

/// <summary>A role: users, groups, and roles whose members are members of this one too.</summary>
public sealed class RangerRole
{
    /// <summary>Id in Ranger Admin.</summary>
    public long? Id { get; set; }

    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Member users.</summary>
    public List<RangerRoleMember> Users { get; set; } = [];

    /// <summary>Member groups.</summary>
    public List<RangerRoleMember> Groups { get; set; } = [];

    /// <summary>Roles contained in this one.</summary>
    public List<RangerRoleMember> Roles { get; set; } = [];
}

/// <summary>One member of a role.</summary>
public sealed class RangerRoleMember
{
    /// <summary>Name of the user, group or role.</summary>
    public string? Name { get; set; }

    /// <summary>Whether the member may change the role; of no meaning to evaluation.</summary>
    public bool IsAdmin { get; set; }
}
