using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>Reads users, service principals, groups and the service's own identity into one snapshot.</summary>
internal sealed class ScimDirectoryReader(IScimApi api)
{
    public async Task<PrincipalSnapshot> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReadAllAsync(cancellation);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.SecurableNotFound or SyncErrorCode.InvalidPlan)
        {
            // It is the directory that is not there, not the securable for which somebody needs it: that one must not
            // be skipped.
            throw new SyncException(SyncErrorCode.Unavailable, $"the workspace's principals cannot be read: {e.Message}", e);
        }
    }

    private async Task<PrincipalSnapshot> ReadAllAsync(CancellationToken cancellation)
    {
        var self = GetSelfAsync(cancellation);
        var users = ScimListing.ReadAsync(api, "Users", "id,userName,active", cancellation);
        var servicePrincipals = ScimListing.ReadAsync(api, "ServicePrincipals", "id,applicationId,active", cancellation);
        var groups = ScimGroups.ReadAsync(api, cancellation);
        await Task.WhenAll(self, users, servicePrincipals, groups);

        return new PrincipalSnapshot(
            Members(await users, user => user.UserName),
            Members(await servicePrincipals, principal => principal.ApplicationId),
            await groups,
            await self);
    }

    // Deactivated users stay: they keep their memberships and may come back.
    private static IEnumerable<DirectoryMember> Members(IEnumerable<ScimResource> resources, Func<ScimResource, string?> name) =>
        from resource in resources
        let known = name(resource)
        where !string.IsNullOrEmpty(known)
        select new DirectoryMember(resource.Id!, known, resource.Active ?? true);

    // Some workspaces do not show `Me` to service principals; who we are is then not known, which mode Exact refuses.
    private async Task<DirectorySelf?> GetSelfAsync(CancellationToken cancellation)
    {
        try
        {
            var me = WorkspaceErrors.Required(await api.GetMeAsync(new WorkspaceCall(meter: null), cancellation));
            // A service principal's userName is its application id.
            return (me.ApplicationId ?? me.UserName) is { Length: > 0 } name
                ? new DirectorySelf(
                    me.Id ?? "", name,
                    [.. (me.Groups ?? []).Select(group => group?.Display ?? "").Where(group => group.Length > 0)])
                : null;
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }
}
