using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Principals;

namespace PolicySync.Host.Api.Principals;

// The order of parameters is the order on the wire.

/// <summary>What a principal reaches, as the last syncs recorded it: a page.</summary>
/// <param name="Principal">The name as the directory has it; as it was asked for when the directory does not list it.</param>
/// <param name="Kind">What the directory says of the principal.</param>
/// <param name="Groups">Groups that it is in, directly or through others, without `account users`.</param>
/// <param name="Reaches">What it holds, itself or as a member of a group: a securable and a holder each.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page. A page may be empty although there is a next one.</param>
internal sealed record PrincipalAccessPage(
    string Principal, PrincipalKind Kind, IReadOnlyList<string> Groups, IReadOnlyList<ReachDetail> Reaches, string? NextPageToken);

/// <summary>What one holder has on one securable.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name of the securable.</param>
/// <param name="Grantee">The holder: the principal itself, or a group that it is in.</param>
/// <param name="Membership">True when the principal has it as a member of the grantee; null otherwise.</param>
/// <param name="Owner">True when the grantee owns the securable; null otherwise.</param>
/// <param name="Grants">The direct grants of the grantee on the securable.</param>
internal sealed record ReachDetail(string Type, string FullName, string Grantee, bool? Membership, bool? Owner, IReadOnlyList<ReachGrant> Grants)
{
    public static ReachDetail Of(ReachRow row, string principal)
    {
        var securable = row.Row.Securable;
        return new ReachDetail(
            ResourceResult.TypeOf(securable),
            securable.FullName,
            row.Grantee,
            row.Grantee == principal ? null : true,
            row.Held.Owns ? true : null,
            [.. row.Held.Grants.Select(grant => new ReachGrant(
                grant.Privilege,
                securable.Type.IsContainer() && (grant.Privilege == Privilege.AllPrivileges || PrivilegeMatrix.IsInheritable(grant.Privilege, securable.Type)) ? true : null,
                grant.IsOurs ? GrantOrigin.Ours : GrantOrigin.Foreign,
                grant.PolicyId,
                grant.PolicyName,
                grant.TaskId,
                grant.Since?.UtcDateTime))]);
    }
}

/// <summary>A direct grant.</summary>
/// <param name="Privilege">The privilege, in upper case.</param>
/// <param name="HandedDown">True when it reaches everything in the securable, which is a container; null otherwise.</param>
/// <param name="Origin">Whether the service made the grant.</param>
/// <param name="PolicyId">The policy that asked for a grant of the service; null when none is known.</param>
/// <param name="PolicyName">The name of that policy; null when none is known.</param>
/// <param name="TaskId">The task that made a grant of the service; null for grants of other parties.</param>
/// <param name="Since">When the service made the grant, or first saw that of another party; null when not known.</param>
internal sealed record ReachGrant(
    string Privilege, bool? HandedDown, GrantOrigin Origin, long? PolicyId, string? PolicyName, string? TaskId, DateTime? Since);
