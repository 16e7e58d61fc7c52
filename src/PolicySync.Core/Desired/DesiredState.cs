using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>The grants that policy wants on one securable, and what grants cannot express.</summary>
/// <param name="Grants">
/// One per principal and privilege, sorted. <c>ALL_PRIVILEGES</c> is listed without the privileges that it implies.
/// </param>
/// <param name="Gaps">Differences from policy, in a stable order.</param>
/// <param name="PolicyVersion">The version of the policies it was computed from.</param>
public sealed record DesiredState(IReadOnlyList<DesiredGrant> Grants, IReadOnlyList<Gap> Gaps, long PolicyVersion)
{
    /// <summary>
    /// When a schedule of a policy or tag that concerns the securable, or something below it, starts or ends next. The state
    /// stays valid until then unless something else changes. Null when no schedule concerns it.
    /// </summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Whether <paramref name="principal"/> should hold <paramref name="privilege"/>, itself, by ALL_PRIVILEGES or by MODIFY.</summary>
    public bool Wants(string principal, string privilege) => Grants.Any(grant =>
        string.Equals(PrincipalKey.Of(grant.Principal), PrincipalKey.Of(principal), StringComparison.Ordinal)
        && (string.Equals(grant.Privilege, privilege, StringComparison.Ordinal)
            || (grant.Privilege == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege))
            || (grant.Privilege == Privilege.Modify && Privilege.IsPartOfModify(privilege))));
}
