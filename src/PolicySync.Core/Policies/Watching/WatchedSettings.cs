using System.Security.Cryptography;
using PolicySync.Core.Options;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Policies.Watching;

/// <summary>The settings that decide, with the policies, what a securable gets. Limits of time and of revokes are not among them.</summary>
public static class WatchedSettings
{
    /// <summary>Their digest, which differs when one of them does.</summary>
    public static string DigestOf(SyncOptions sync, PrincipalsOptions principals, TagsOptions tags, PoliciesOptions policies) =>
        Convert.ToHexStringLower(SHA256.HashData(RangerJson.Write(new object[]
        {
            sync.Mode.ToString(), sync.Scopes.Select(scope => new[] { scope.Pattern, scope.Mode.ToString() }),
            Sets(sync.Managed.Securables), Sets(sync.Managed.Principals), Sets(sync.Managed.Privileges),
            sync.ParentUse, sync.AdoptExisting, sync.RolesAsGroups, sync.Protected, sync.MaskDeniedColumns, sync.AllowedFunctions, sync.GuardSchema,
            principals.Map.Select(mapping => new[] { mapping.Match, mapping.Replace }), principals.ExpandUpTo, tags.Source.ToString(), policies.TimeZone,
        })));

    private static IList<string>[] Sets(ManagedSet set) => [set.Include, set.Exclude];
}
