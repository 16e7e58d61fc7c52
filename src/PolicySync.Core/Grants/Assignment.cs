using PolicySync.Core.Securables;

namespace PolicySync.Core.Grants;

/// <summary>
/// The direct privileges of one principal on one securable, as GET permissions gives them: upper case with
/// underscores, <c>ALL_PRIVILEGES</c> not expanded, nothing inherited, the owner's rights not included.
/// </summary>
/// <param name="Principal">The name as Unity Catalog stores it; empty for a deleted principal.</param>
/// <param name="PrincipalId">Unity Catalog's id of the principal; the only handle on a deleted one.</param>
/// <param name="Privileges">The privileges, without duplicates.</param>
public sealed record Assignment(string Principal, long? PrincipalId, IReadOnlyList<string> Privileges)
{
    /// <summary>True when the principal no longer exists and can only be named by <see cref="PrincipalId"/>.</summary>
    public bool IsDeletedPrincipal => Principal.Length == 0;
}

/// <summary>A privilege that reaches a securable because it was granted on a container above.</summary>
/// <param name="Principal">The name as Unity Catalog stores it.</param>
/// <param name="Privilege">Upper case with underscores, <c>ALL_PRIVILEGES</c> not expanded.</param>
/// <param name="Container">Where it was granted.</param>
public sealed record InheritedGrant(string Principal, string Privilege, Securable Container);

/// <summary>
/// An attribute-based policy of type GRANT: at the time of access it gives privileges on objects in the container that meet its
/// condition. No answer about grants shows it.
/// </summary>
/// <param name="Name">Its name on the container.</param>
/// <param name="Principals">The principals that get them.</param>
/// <param name="Privileges">Upper case with underscores.</param>
/// <param name="Container">Where it is attached.</param>
public sealed record GrantPolicy(string Name, IReadOnlyList<string> Principals, IReadOnlyList<string> Privileges, Securable Container);

/// <summary>A change of one principal's direct privileges: one element of a PATCH.</summary>
/// <param name="Principal">The name to send; empty when <paramref name="PrincipalId"/> is to be sent instead.</param>
/// <param name="PrincipalId">Sent only when <paramref name="Principal"/> is empty (never both).</param>
/// <param name="Add">Privileges to grant.</param>
/// <param name="Remove">
/// Privileges to revoke; disjoint from <paramref name="Add"/>, as Unity Catalog refuses one that is in both.
/// </param>
public sealed record PermissionChange(
    string Principal, long? PrincipalId, IReadOnlyList<string> Add, IReadOnlyList<string> Remove);
