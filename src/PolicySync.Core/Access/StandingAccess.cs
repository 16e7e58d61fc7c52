using System.Text.Json.Serialization;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Access;

/// <summary>What gives a principal a right on a securable. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AccessPath>))]
public enum AccessPath
{
    /// <summary>A privilege granted on the securable itself.</summary>
    [JsonStringEnumMemberName("DIRECT")] Grant,

    /// <summary>A privilege granted on a container, which the securable inherits.</summary>
    [JsonStringEnumMemberName("INHERITED")] Inherited,

    /// <summary>Ownership of the securable.</summary>
    [JsonStringEnumMemberName("OWNERSHIP")] Ownership,
}

/// <summary>A principal that can read a table, and what gives it the right.</summary>
/// <param name="Principal">A user, service principal or group, as Unity Catalog spells it.</param>
/// <param name="Path">What gives it the right.</param>
/// <param name="Privilege"><c>SELECT</c> or <c>ALL_PRIVILEGES</c>; null for ownership.</param>
/// <param name="On">The securable that carries the grant, or that is owned.</param>
public sealed record StandingReader(string Principal, AccessPath Path, string? Privilege, Securable On)
{
    /// <summary>The path, as text for messages.</summary>
    public string Reason => Path switch
    {
        AccessPath.Grant => $"holds {Privilege} on {On}",
        AccessPath.Inherited => $"holds {Privilege} on {On}, which the table inherits",
        _ => $"owns {On}",
    };
}

/// <summary>
/// The principals that can read a table, by every path of Unity Catalog: SELECT and ALL_PRIVILEGES on it and on its containers,
/// and its ownership. Members of these groups can read too. Pure.
/// </summary>
/// <remarks>
/// Owners of containers, holders of MANAGE and metastore admins are not included: they may give themselves the right to read
/// and do not have it (Databricks documentation, «Manage Unity Catalog object ownership» and «Permissions concepts»).
/// </remarks>
public static class StandingAccess
{
    private const string Select = "SELECT";

    /// <summary>Lists the readers, each path once.</summary>
    /// <param name="table">The table.</param>
    /// <param name="own">Grants on it.</param>
    /// <param name="inherited">Grants on its containers.</param>
    public static IReadOnlyList<StandingReader> Readers(
        SecurableFacts table, IEnumerable<Assignment> own, IEnumerable<InheritedGrant> inherited)
    {
        var readers = new List<StandingReader>();
        if (table.Owner is { Length: > 0 } owner)
        {
            readers.Add(new StandingReader(owner, AccessPath.Ownership, null, table.Securable));
        }

        // A deleted principal cannot read.
        readers.AddRange(
            from assignment in own
            where !assignment.IsDeletedPrincipal
            from privilege in assignment.Privileges
            where LetsRead(privilege)
            select new StandingReader(assignment.Principal, AccessPath.Grant, Privilege.Normalise(privilege), table.Securable));
        readers.AddRange(
            from grant in inherited
            where grant.Principal.Length > 0 && LetsRead(grant.Privilege)
            select new StandingReader(grant.Principal, AccessPath.Inherited, Privilege.Normalise(grant.Privilege), grant.Container));
        return [.. readers.Distinct()];
    }

    /// <summary>The assignments that a set of changes leads to.</summary>
    /// <param name="current">The assignments before.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="withNew">Whether to include principals without an assignment before.</param>
    public static IReadOnlyList<Assignment> After(
        IReadOnlyList<Assignment> current, IReadOnlyList<PermissionChange> changes, bool withNew = false) =>
    [
        .. current.Select(assignment => changes.FirstOrDefault(change => Concerns(change, assignment)) is not { } change ? assignment
            : assignment with
            {
                Privileges = [.. assignment.Privileges
                    .Where(privilege => !change.Remove.Contains(privilege)
                        && !(change.Remove.Contains(Privilege.AllPrivileges) && Privilege.IsImpliedByAll(privilege)))
                    .Union(change.Add, StringComparer.Ordinal)],
            }),
        .. changes.Where(change => withNew && change.Principal.Length > 0 && change.Add.Count > 0 && !current.Any(assignment => Concerns(change, assignment)))
            .Select(change => new Assignment(change.Principal, null, change.Add)),
    ];

    private static bool Concerns(PermissionChange change, Assignment assignment) => assignment.IsDeletedPrincipal
        ? change.Principal.Length == 0 && change.PrincipalId == assignment.PrincipalId
        : change.Principal.Length > 0 && PrincipalKey.Of(change.Principal) == PrincipalKey.Of(assignment.Principal);

    private static bool LetsRead(string privilege) => Privilege.Normalise(privilege) is Select or Privilege.AllPrivileges;
}
