namespace PolicySync.Ranger;

/// <summary>Who is in which Ranger role, nested roles followed. Cycles are tolerated, as in Ranger.</summary>
public sealed class RoleGraph
{
    internal RoleGraph(RangerRoles? roles)
    {
        _ = roles;
    }

    /// <summary>All roles of a user: by name, by a group, and by every role that contains one of those.</summary>
    /// <param name="user">User name, case-sensitive; null for nobody in particular.</param>
    /// <param name="groups">Groups of the user; <c>public</c> is added.</param>
    public IReadOnlySet<string> RolesOf(string? user, IEnumerable<string> groups) => throw new NotSupportedException("not built yet");

    /// <summary>Users and groups of a role, and of every role that it contains.</summary>
    public (IReadOnlySet<string> Users, IReadOnlySet<string> Groups) MembersOf(string role) =>
        throw new NotSupportedException("not built yet");

    /// <summary>Whether Ranger knows the role.</summary>
    public bool Exists(string role) => throw new NotSupportedException("not built yet");
}
