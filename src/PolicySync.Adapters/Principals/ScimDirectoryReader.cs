using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>Reads users, service principals, groups and the service's own identity into one snapshot.</summary>
internal sealed class ScimDirectoryReader(IScimApi api)
{
    // Every workspace has these two of its own, whatever else is not told about them; Unity Catalog refuses grants to
    // them (terraform-provider-databricks issues 4680 and 5045).
    private static readonly HashSet<string> SystemGroups = new(StringComparer.Ordinal) { "admins", "users" };

    public async Task<PrincipalSnapshot> ReadAsync(CancellationToken cancellation)
    {
        var self = GetSelfAsync(cancellation);
        var users = ScimListing.ReadAsync(api, "Users", "id,userName,active", cancellation);
        var servicePrincipals = ScimListing.ReadAsync(api, "ServicePrincipals", "id,applicationId,active", cancellation);
        var groups = ScimListing.ReadAsync(api, "Groups", "id,displayName,members,meta", cancellation);
        await Task.WhenAll(self, users, servicePrincipals, groups);

        return new PrincipalSnapshot(
            Members(await users, user => user.UserName),
            Members(await servicePrincipals, principal => principal.ApplicationId),
            Groups(await groups),
            await self);
    }

    // Deactivated users stay: they keep their memberships and may come back.
    private static IEnumerable<DirectoryMember> Members(IEnumerable<ScimResource> resources, Func<ScimResource, string?> name) =>
        from resource in resources
        let known = name(resource)
        where !string.IsNullOrEmpty(known)
        select new DirectoryMember(resource.Id!, known, resource.Active ?? true);

    private static IEnumerable<DirectoryGroup> Groups(IEnumerable<ScimResource> resources) =>
        from resource in resources
        let name = resource.DisplayName
        where !string.IsNullOrEmpty(name)
        select new DirectoryGroup(
            resource.Id!, name, IsAccountGroup(resource),
            [.. (resource.Members ?? []).Select(member => member?.Value ?? "").Where(id => id.Length > 0)]);

    /// <summary>
    /// <c>meta.resourceType</c> is <c>WorkspaceGroup</c> for a local group and <c>Group</c> for one of the account
    /// (databricks-sdk-go, service/iam/model.go). A group that does not say is taken for one of the account: a grant to
    /// a local one is refused and reported, while leaving out one of the account would take access away unseen.
    /// </summary>
    private static bool IsAccountGroup(ScimResource group) => group.Meta?.ResourceType switch
    {
        "WorkspaceGroup" => false,
        "Group" => true,
        _ => !SystemGroups.Contains(group.DisplayName ?? ""),
    };

    // Some workspaces do not show `Me` to service principals; who we are is then not known, which mode Exact refuses.
    private async Task<DirectorySelf?> GetSelfAsync(CancellationToken cancellation)
    {
        try
        {
            var me = WorkspaceErrors.Required(await api.GetMeAsync(new WorkspaceCall(meter: null), cancellation));
            // A service principal's userName is its application id.
            return (me.ApplicationId ?? me.UserName) is { Length: > 0 } name
                ? new DirectorySelf(me.Id ?? "", name, [.. (me.Groups ?? []).Select(group => group?.Display ?? "").Where(group => group.Length > 0)])
                : null;
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }
}
