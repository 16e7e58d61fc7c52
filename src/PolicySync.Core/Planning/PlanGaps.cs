using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Planning;

/// <summary>Creates the gaps that a plan can leave.</summary>
internal static class PlanGaps
{
    /// <summary>Policy does not want it and it stays.</summary>
    public static Gap OfForeign(Holder holder, string privilege, bool isProtected, PlanRequest request) => new(
        GapCode.ForeignGrant,
        GapDirection.Exposed,
        holder.Shown,
        privilege,
        $"no policy gives {privilege}, and the grant stays: {WhyLeft(holder, isProtected, request)}",
        null);

    /// <summary>The service revokes it, which changes nothing, because ALL_PRIVILEGES still gives it.</summary>
    public static Gap OfIneffective(Holder holder, Revocation revocation) => new(
        GapCode.ForeignGrant,
        GapDirection.Exposed,
        holder.Shown,
        revocation.Privilege,
        $"no policy gives {revocation.Privilege}; revoking the grant of this service does not remove it, because the principal also " +
        $"holds {Privilege.AllPrivileges}, which this service did not grant",
        revocation.Entry?.PolicyId);

    /// <summary>The server does not know the principal.</summary>
    /// <param name="principal">Its part of the plan.</param>
    /// <param name="kind">Its kind in the directory.</param>
    public static IEnumerable<Gap> OfUnknown(PrincipalPlan principal, PrincipalKind kind) => principal.Grants
        .Select(grant => new Gap(
            kind == PrincipalKind.WorkspaceGroup ? GapCode.PrincipalLocal : GapCode.PrincipalUnknown,
            GapDirection.Withheld,
            grant.SpelledAs ?? grant.Principal,
            grant.Privilege,
            WhyUnknown(principal.Holder.Shown, kind),
            grant.PolicyId))
        .Concat(principal.Revocations.Select(revocation => new Gap(
            GapCode.PrincipalUnknown,
            GapDirection.Exposed,
            principal.Holder.Shown,
            revocation.Privilege,
            $"Unity Catalog shows {revocation.Privilege} for principal `{principal.Holder.Shown}` but refused to change it as unknown",
            revocation.Entry?.PolicyId)));

    /// <summary>The server refuses the privilege as not applicable to the securable.</summary>
    public static Gap OfInapplicable(PrincipalPlan principal, string privilege, SecurableFacts facts)
    {
        var grant = principal.Grants.First(grant => grant.Privilege == privilege);
        return new(
            GapCode.PrivilegeNotApplicable,
            GapDirection.Withheld,
            grant.SpelledAs ?? grant.Principal,
            privilege,
            $"Unity Catalog refuses {privilege} on {facts.Securable} ({facts.Kind}) as not applicable",
            grant.PolicyId);
    }

    /// <summary>The server refuses one privilege of one principal.</summary>
    public static Gap OfRefused(PrincipalPlan principal, PlanPart part, SecurableFacts facts, string reason)
    {
        if (principal.Grants.FirstOrDefault(grant => part.Grants && grant.Privilege == part.Privilege) is { } grant)
        {
            return new(GapCode.GrantRefused, GapDirection.Withheld, grant.SpelledAs ?? grant.Principal, part.Privilege,
                $"Unity Catalog refuses to grant {part.Privilege} on {facts.Securable} to `{principal.Holder.Shown}`: {reason}", grant.PolicyId);
        }

        var entry = principal.Revocations.First(revocation => revocation.Privilege == part.Privilege).Entry;
        return new(GapCode.GrantRefused, GapDirection.Exposed, principal.Holder.Shown, part.Privilege,
            $"no policy gives {part.Privilege}, and Unity Catalog refuses to revoke it on {facts.Securable} from `{principal.Holder.Shown}`: {reason}",
            entry?.PolicyId);
    }

    /// <summary>Sorts gaps in the order in which they are reported.</summary>
    public static IReadOnlyList<Gap> Sorted(IEnumerable<Gap> gaps) =>
    [
        .. gaps.OrderBy(gap => gap.Principal, StringComparer.Ordinal)
            .ThenBy(gap => gap.Privilege, StringComparer.Ordinal)
            .ThenBy(gap => gap.Code)
            .ThenBy(gap => gap.Detail, StringComparer.Ordinal),
    ];

    private static string WhyUnknown(string name, PrincipalKind kind) => kind switch
    {
        PrincipalKind.WorkspaceGroup =>
            $"`{name}` is a group of the workspace only; Unity Catalog grants to account groups: make it one of the account, or name another",
        PrincipalKind.Unknown =>
            $"Unity Catalog does not know principal `{name}`: it must be a user, service principal or group of the account, "
            + "named by e-mail, application id or display name",
        _ => $"the workspace lists `{name}`, but Unity Catalog does not know it: it must be in the account too",
    };

    private static string WhyLeft(Holder holder, bool isProtected, PlanRequest request) =>
        isProtected ? "the principal is protected (the service, an owner or Sync:Protected)"
        : request.Mode == SyncMode.Additive ? "mode Additive never revokes"
        : request.Scope.IsUseOnly() && request.Mode == SyncMode.Exact ? $"a sync of {request.Facts.Securable} itself revokes it"
        : holder.IsDeleted ? "the principal no longer exists, and nothing says that this service granted it"
        : "mode Owned revokes only what this service granted";
}
