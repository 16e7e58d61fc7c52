namespace PolicySync.Core.Principals;

/// <summary>A user or service principal of the directory.</summary>
/// <param name="Id">SCIM id.</param>
/// <param name="Name">A user's e-mail (<c>userName</c>), a service principal's <c>applicationId</c>.</param>
/// <param name="Active">False for a deactivated one; it keeps its memberships.</param>
public sealed record DirectoryMember(string Id, string Name, bool Active);

/// <summary>A group of the directory.</summary>
/// <param name="Id">SCIM id.</param>
/// <param name="Name"><c>displayName</c>; case matters.</param>
/// <param name="IsAccountGroup">
/// False for a workspace-local group (<c>meta.resourceType</c> = <c>WorkspaceGroup</c>), which Unity Catalog does not know.
/// </param>
/// <param name="MemberIds">SCIM ids of direct members: users, service principals, groups.</param>
public sealed record DirectoryGroup(string Id, string Name, bool IsAccountGroup, IReadOnlyList<string> MemberIds)
{
    /// <summary>
    /// False when the directory's answers lack the members of the group, or contradict each other about them: then anyone
    /// may be a member, whatever <see cref="MemberIds"/> holds.
    /// </summary>
    public bool AreMembersKnown { get; init; } = true;

    /// <summary>False when the directory does not say whether the group is one of the account or local to the workspace.</summary>
    public bool IsKindKnown { get; init; } = true;
}

/// <summary>Who the service itself is, from SCIM <c>Me</c>.</summary>
/// <param name="Id">SCIM id.</param>
/// <param name="Name">E-mail or application id.</param>
/// <param name="GroupNames">Groups that SCIM says it is in, directly or not.</param>
public sealed record DirectorySelf(string Id, string Name, IReadOnlyList<string> GroupNames);

/// <summary>Reads the workspace's principals.</summary>
public interface IPrincipalDirectory
{
    /// <summary>
    /// The principals as they were at most <c>Principals:MaxAge</c> ago. Concurrent callers share one read.
    /// </summary>
    /// <exception cref="Errors.SyncException">
    /// <see cref="Errors.SyncErrorCode.Unavailable"/>, <see cref="Errors.SyncErrorCode.Throttled"/> or
    /// <see cref="Errors.SyncErrorCode.CredentialsRefused"/> when they cannot be read.
    /// </exception>
    Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation);
}
