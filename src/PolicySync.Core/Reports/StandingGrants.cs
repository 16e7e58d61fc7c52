using PolicySync.Core.Access;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Reports;

/// <summary>One grant, or the ownership, that gives a principal and the members of a group privileges on a securable.</summary>
/// <param name="Path">What it is.</param>
/// <param name="Grantee">The holder, as Unity Catalog spells it.</param>
/// <param name="Granted">The privilege as it was granted, upper case with underscores; null for ownership.</param>
/// <param name="On">The securable that carries the grant, or that is owned.</param>
/// <param name="PrincipalId">Unity Catalog's id of the holder; null when the answer has none.</param>
public sealed record StandingGrant(AccessPath Path, string Grantee, string? Granted, Securable On, long? PrincipalId);

/// <summary>
/// Who holds what on one securable in Unity Catalog, by every path: direct grants, grants on containers, ALL_PRIVILEGES, ownership, and
/// membership of groups in each of these. Pure, immutable.
/// </summary>
/// <remarks>
/// Owners of containers, holders of MANAGE and metastore admins may give themselves a privilege and do not have it (Databricks
/// documentation, «Manage Unity Catalog object ownership» and «Permissions concepts»).
/// </remarks>
public sealed class StandingGrants
{
    private readonly SecurableFacts _facts;
    private readonly PrincipalSnapshot _directory;
    private readonly Dictionary<string, List<StandingGrant>> _byGrantee;
    private readonly List<InheritedGrant> _usage;

    private StandingGrants(SecurableFacts facts, IReadOnlyList<StandingGrant> grants, List<InheritedGrant> usage, PrincipalSnapshot directory)
    {
        (_facts, _directory, _usage) = (facts, directory, usage);
        _byGrantee = grants.GroupBy(grant => PrincipalKey.Of(grant.Grantee), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.ToList(), StringComparer.Ordinal);
    }

    /// <summary>Collects the grants.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="own">Direct grants on it. Those of deleted principals have no effect.</param>
    /// <param name="inherited">Grants on its containers.</param>
    /// <param name="directory">Users and groups.</param>
    public static StandingGrants Of(
        SecurableFacts facts, IEnumerable<Assignment> own, IEnumerable<InheritedGrant> inherited, PrincipalSnapshot directory)
    {
        var above = inherited.Where(grant => grant.Principal.Length > 0)
            .Select(grant => grant with { Privilege = Privilege.Normalise(grant.Privilege, grant.Container.Type) }).ToList();
        List<StandingGrant> grants =
        [
            .. facts.Owner is { Length: > 0 } owner ? [new StandingGrant(AccessPath.Ownership, owner, null, facts.Securable, null)] : Array.Empty<StandingGrant>(),
            .. from assignment in own
                where !assignment.IsDeletedPrincipal
                from privilege in assignment.Privileges.Select(name => Privilege.Normalise(name, facts.Securable.Type)).Distinct(StringComparer.Ordinal)
                select new StandingGrant(AccessPath.Grant, assignment.Principal, privilege, facts.Securable, assignment.PrincipalId),
            .. from grant in above
                where Reaches(facts, grant)
                select new StandingGrant(AccessPath.Inherited, grant.Principal, grant.Privilege, grant.Container, null),
        ];
        return new StandingGrants(facts, [.. grants.Distinct()], above, directory);
    }

    /// <summary>
    /// Every principal that holds something, by key: the holders themselves and, with <paramref name="members"/>, the users and service
    /// principals that are members of groups among them. Sorted by key.
    /// </summary>
    public IReadOnlyList<string> Principals(bool members)
    {
        var keys = _byGrantee.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var group in members ? _byGrantee.Keys.Where(key => IsGroup(key)).ToList() : [])
        {
            keys.UnionWith(_directory.MembersOf(group) ?? _directory.Everyone.Where(user => _directory.GroupsOfUser(user).Contains(group)));
        }

        return [.. keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The grants that reach a principal, itself or through a group; empty when none does.</summary>
    /// <param name="principal">A user, service principal or group.</param>
    public IEnumerable<StandingGrant> Reaching(string principal) => Identities(principal)
        .SelectMany(identity => _byGrantee.GetValueOrDefault(identity) ?? []);

    /// <summary>The privileges that a grant gives on the securable: itself, or all that ALL_PRIVILEGES or ownership comes with.</summary>
    public IEnumerable<string> GivenBy(StandingGrant grant) => grant.Granted switch
    {
        null => PrivilegeMatrix.ApplicableTo(_facts.Securable.Type, _facts.Kind).Where(privilege => privilege != Privilege.AllPrivileges),
        Privilege.AllPrivileges => PrivilegeMatrix.ImpliedByAllPrivileges(_facts.Securable.Type, _facts.Kind).Append(Privilege.AllPrivileges),
        var privilege => [privilege],
    };

    /// <summary>The privileges that a principal has on the securable.</summary>
    public IReadOnlySet<string> PrivilegesOf(string principal) => Reaching(principal).SelectMany(GivenBy).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// USE that a principal lacks on containers above, without which it cannot use what it holds; outermost first. The owner of a
    /// container needs none there: see <paramref name="owners"/>.
    /// </summary>
    /// <param name="principal">A user, service principal or group.</param>
    /// <param name="owners">Owners of the containers, as far as they are known.</param>
    public IEnumerable<(string Privilege, Securable On)> MissingUse(string principal, IReadOnlyDictionary<Securable, string?> owners)
    {
        var identities = Identities(principal).ToHashSet(StringComparer.Ordinal);
        foreach (var container in _facts.Securable.Parents)
        {
            var needed = container.Type == SecurableType.Catalog ? Privilege.UseCatalog : Privilege.UseSchema;
            var isHeld = _usage.Exists(grant => grant.Container.Covers(container) && grant.Privilege is var held
                    && (held == needed || held == Privilege.AllPrivileges) && identities.Contains(PrincipalKey.Of(grant.Principal)))
                || (owners.GetValueOrDefault(container) is { } owner && identities.Contains(PrincipalKey.Of(owner)));
            if (!isHeld)
            {
                yield return (needed, container);
            }
        }
    }

    /// <summary>Whether a name is that of a group: the directory says so, or Unity Catalog could take it for nothing else.</summary>
    public bool IsGroup(string name) => _directory.KindOf(name) switch
    {
        PrincipalKind.Unknown => !PrincipalKey.CanNameUser(name),
        var kind => kind is PrincipalKind.Group or PrincipalKind.WorkspaceGroup,
    };

    private IEnumerable<string> Identities(string principal)
    {
        var key = PrincipalKey.Of(principal);
        return (IsGroup(key) ? _directory.GroupsOfGroup(key) : _directory.GroupsOfUser(key))
            .Append(key).Append(PrincipalKey.AccountUsers).Distinct(StringComparer.Ordinal);
    }

    private static bool Reaches(SecurableFacts facts, InheritedGrant grant) => grant.Privilege == Privilege.AllPrivileges
        || (PrivilegeMatrix.IsInheritable(grant.Privilege, grant.Container.Type)
            && PrivilegeMatrix.Of(facts.Securable.Type, facts.Kind, grant.Privilege) != Applicability.NotApplicable);
}
