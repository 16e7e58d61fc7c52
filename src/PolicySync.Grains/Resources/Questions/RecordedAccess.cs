using PolicySync.Core.Access;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Questions;

/// <summary>Answers who has access to a securable from what is recorded, without the workspace: direct grants, by their holders.</summary>
public static class RecordedAccess
{
    /// <summary>The answer; without principals when nothing is recorded.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="state">What is recorded of it; null when nothing is.</param>
    /// <param name="query">Which part. Members of groups are not known here.</param>
    public static AccessReport Of(Securable securable, ResourceState? state, AccessQuery query)
    {
        var (type, name) = (ResourceResult.TypeOf(securable), securable.FullName);
        var ours = (state?.Ledger.Entries ?? []).Where(entry => !entry.Deleted).Select(entry => (entry.Key, entry.Principal, entry.Privilege, Path: new HeldPath(
            AccessPath.Grant, entry.Principal, null, entry.Privilege, type, name, GrantOrigin.Ours,
            entry.PolicyId, entry.PolicyName, entry.TaskId, entry.GrantedAt.UtcDateTime)));
        var foreign = (state?.Seen?.Foreign ?? []).Select(grant => (Key: grant.Principal, grant.Principal, grant.Privilege, Path: new HeldPath(
            AccessPath.Grant, grant.Principal, null, grant.Privilege, type, name, GrantOrigin.Foreign, null, null, null, grant.Since.UtcDateTime)));
        var grants = ours.Concat(foreign).ToList();
        var holders = grants
            .Where(grant => (query.Principal is not { } one || grant.Key == PrincipalKey.Of(one)) && (query.Privilege is not { } privilege || grant.Privilege == privilege))
            .GroupBy(grant => grant.Key, StringComparer.Ordinal).OrderBy(holder => holder.Key, StringComparer.Ordinal).ToList();
        var page = holders.Where(holder => query.After is not { } after || string.CompareOrdinal(holder.Key, after) > 0).Take(query.Count).ToList();
        return new AccessReport
        {
            Type = ResourceResult.TypeOf(securable),
            FullName = securable.FullName,
            Owner = state?.Seen?.Owner,
            ReadTime = state?.LastVerified?.UtcDateTime,
            PolicyVersion = state?.PolicyVersion,
            Principals = [.. page.Select(holder => new PrincipalAccess(
                holder.First().Principal,
                PrincipalKey.CanNameUser(holder.Key) ? PrincipalKind.Unknown : PrincipalKind.Group,
                [.. holder.OrderBy(grant => grant.Privilege, StringComparer.Ordinal).Select(grant => new HeldPrivilege(grant.Privilege, [grant.Path], null, null))],
                null))],
            PrincipalCount = holders.Count,
            After = page.Count > 0 && page[^1].Key != holders[^1].Key ? page[^1].Key : null,
        };
    }
}
