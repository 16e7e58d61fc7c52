using PolicySync.Ranger.Roles;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Who asks. The group <c>public</c> always matches, whether listed or not. Names compare case-sensitively.</summary>
/// <param name="User">User name; null for a group or role that represents its members.</param>
/// <param name="Groups">Groups, those that contain other groups included.</param>
/// <param name="Roles">Ranger roles, see <see cref="RoleGraph.RolesOf"/>.</param>
public sealed record Subject(string? User, IReadOnlySet<string> Groups, IReadOnlySet<string> Roles)
{
    /// <summary>Whether this is <i>every</i> user rather than one: <c>{USER}</c> matches although there is no name.</summary>
    public bool IsAnyUser { get; init; }
}
