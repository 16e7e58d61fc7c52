using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>Reads users, service principals, groups and the service's own identity into one snapshot.</summary>
internal sealed class ScimDirectoryReader(IScimApi api, IOptions<WorkspaceOptions> workspace)
{
    // SCIM's value for memberships through another group.
    private const string Indirect = "indirect";

    public async Task<PrincipalSnapshot> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await ReadAllAsync(cancellation);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.SecurableNotFound or SyncErrorCode.InvalidPlan)
        {
            // The directory is missing, not the securable that needs it: the securable must not be skipped.
            throw new SyncException(SyncErrorCode.Unavailable, $"the workspace's principals cannot be read: {e.Message}", e);
        }
    }

    private async Task<PrincipalSnapshot> ReadAllAsync(CancellationToken cancellation)
    {
        var self = GetSelfAsync(cancellation);
        var users = ScimListing.ReadAsync(api, "Users", "id,userName,active,groups", user => user.UserName, cancellation);
        var servicePrincipals = ScimListing.ReadAsync(
            api, "ServicePrincipals", "id,applicationId,active,groups", principal => principal.ApplicationId, cancellation);
        var groups = ScimListing.ReadAsync(api, "Groups", "id,displayName,members,meta,groups", group => group.DisplayName, cancellation);
        await Task.WhenAll(self, users, servicePrincipals, groups);

        var claims = (await users).Concat(await servicePrincipals).Concat(await groups).SelectMany(ClaimsOf)
            .ToLookup(claim => claim.Group, claim => claim.Member, StringComparer.Ordinal);
        return new PrincipalSnapshot(
            Members(await users, user => user.UserName!),
            Members(await servicePrincipals, principal => principal.ApplicationId!),
            await new ScimGroups(api).ReadAsync(await groups, claims, cancellation),
            await self ?? Stated(await servicePrincipals));
    }

    // The identity can be configured for workspaces that refuse `Me`. The workspace must know that principal: protecting a
    // wrong principal would allow the service's own rights to be revoked.
    private DirectorySelf? Stated(IReadOnlyList<ScimResource> servicePrincipals) =>
        servicePrincipals.FirstOrDefault(principal => string.Equals(principal.ApplicationId, workspace.Value.Self, StringComparison.OrdinalIgnoreCase)) is { } listed
            ? new DirectorySelf(listed.Id!, listed.ApplicationId!, NamesOf(listed.Groups))
            : null;

    private static IReadOnlyList<string> NamesOf(IReadOnlyList<ScimReference?>? groups) =>
        [.. (groups ?? []).Select(group => group?.Display ?? "").Where(group => group.Length > 0)];

    // Deactivated users stay: they keep their memberships and may come back.
    private static IEnumerable<DirectoryMember> Members(IEnumerable<ScimResource> resources, Func<ScimResource, string> name) =>
        resources.Select(resource => new DirectoryMember(resource.Id!, name(resource), resource.Active ?? true));

    private static IEnumerable<(string Group, string Member)> ClaimsOf(ScimResource member) =>
        from reference in member.Groups ?? []
        where reference is { Value.Length: > 0 } && !string.Equals(reference.Type, Indirect, StringComparison.OrdinalIgnoreCase)
        select (reference.Value, member.Id!);

    // Some service principals may not request `Me`; the identity is then the configured one, or unknown, which mode Exact refuses.
    private async Task<DirectorySelf?> GetSelfAsync(CancellationToken cancellation)
    {
        try
        {
            var me = WorkspaceErrors.Required(await api.GetMeAsync(new WorkspaceCall(meter: null), cancellation));
            // A service principal's userName is its application id.
            return (me.Id, me.ApplicationId ?? me.UserName) is ({ Length: > 0 } id, { Length: > 0 } name)
                ? new DirectorySelf(id, name, NamesOf(me.Groups))
                : throw WorkspaceErrors.Lacking("SCIM `Me`", "an id and a name");
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }
}
