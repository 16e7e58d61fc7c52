using PolicySync.Ranger;

namespace PolicySync.Core.Policies;

/// <summary>
/// Why tag policies cannot be read: nobody says what is tagged, or what their access types are. Such a policy may decide
/// anywhere, so nothing is granted instead of ignoring it (specification §3.9).
/// </summary>
internal sealed record UnreadTags(string Reason)
{
    /// <summary>There is no tag download. Tags from elsewhere make up for it.</summary>
    public static readonly UnreadTags Untold =
        new("tag policies can decide here, and there is no tag download that would say what is tagged");

    private static readonly UnreadTags Undefined =
        new("tag policies can decide here, and they came without the definition of their service, so they cannot be read");

    /// <summary>Why those of a download cannot be read; null when they can, or there are none.</summary>
    public static UnreadTags? Of(PolicyDownload download) => download.Policies.TagPolicies is not { } tags
        || tags.Policies?.Exists(policy => policy.IsEnabled) != true ? null
        : tags.ServiceDef is null ? Undefined
        : download.Tags is not { } said || IsNothing(said) ? Untold
        : null;

    // `{}` says nothing about tags, least of all that there are none: that is said under a service's name or a version.
    private static bool IsNothing(ServiceTags tags) => tags is
    {
        ServiceName: null or "", TagVersion: null, ServiceResources.Count: 0, Tags.Count: 0, ResourceToTagIds.Count: 0,
    };
}
