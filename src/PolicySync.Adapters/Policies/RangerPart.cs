using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>One of Ranger Admin's four downloads: its address and how an answer is parsed and checked.</summary>
/// <param name="Name">Names its answer in messages.</param>
/// <param name="Path">Its address, up to the name of the service.</param>
/// <param name="Query">Its parameters, up to the number of the version that the caller has.</param>
/// <param name="Read">Parses an answer and refuses an incomplete one.</param>
/// <param name="VersionOf">The version of what was read; null when it has none.</param>
internal sealed record RangerPart<T>(
    string Name, string Path, string Query, Func<Stream, T> Read, Func<T, long?> VersionOf);

/// <summary>The last answer of one part, as text: compiling a download consumes the parsed objects.</summary>
internal sealed record HeldAnswer(PackedContent Content, long? Version)
{
    /// <summary>Identifies the content, whatever its version is.</summary>
    public byte[] Digest => Content.Digest;
}

/// <summary>
/// The four downloads. An answer without a version is refused even with a success status: Ranger's error body would parse
/// as an empty set, and an empty set of roles or users removes denials.
/// </summary>
internal static class RangerParts
{
    public static RangerPart<ServicePolicies> Policies { get; } = Part<ServicePolicies>(
        "policies", "service/plugins/secure/policies/download", "supportsPolicyDeltas=false&lastKnownVersion=",
        RangerDocument.Whole<ServicePolicies>, policies => policies.PolicyVersion);

    public static RangerPart<RangerRoles> Roles { get; } = Part<RangerRoles>(
        "roles", "service/roles/secure/download", "lastKnownRoleVersion=",
        name => content => RangerJson.Read<RangerRoles>(content) is { RoleVersion: not null } roles ? roles : throw NoVersion(name),
        roles => roles.RoleVersion);

    public static RangerPart<ServiceTags> Tags { get; } = Part<ServiceTags>(
        "tags", "service/tags/secure/download", "supportsTagDeltas=false&lastKnownVersion=",
        // Services may have no version of tags, but each answer has the service's name.
        name => content => RangerDocument.Whole<ServiceTags>(name)(content) is var tags && (tags.TagVersion is not null || tags.ServiceName is not null)
            ? tags
            : throw NoVersion(name),
        tags => tags.TagVersion);

    public static RangerPart<RangerUserStore> UserStore { get; } = Part<RangerUserStore>(
        "user store", "service/xusers/secure/download", "lastKnownUserStoreVersion=",
        name => content => RangerJson.Read<RangerUserStore>(content) is { UserStoreVersion: not null } store ? store : throw NoVersion(name),
        store => store.UserStoreVersion);

    private static RangerPart<T> Part<T>(
        string what, string path, string query, Func<string, Func<Stream, T>> read, Func<T, long?> versionOf)
    {
        var name = $"ranger's answer for {what}";
        return new(name, path, query, read(name), versionOf);
    }

    private static Exception NoVersion(string name) => PolicyFiles.Unavailable($"{name} has no version");
}
