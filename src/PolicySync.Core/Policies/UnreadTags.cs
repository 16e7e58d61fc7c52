namespace PolicySync.Core.Policies;

/// <summary>
/// Why tag policies cannot be evaluated: the tags, or the access types of the tag service, are missing. Such a policy may apply
/// anywhere, so it is not ignored, and no grant is made (specification §3.9).
/// </summary>
internal sealed record UnreadTags(string Reason)
{
    /// <summary>There is no tag download. Tags from elsewhere make up for it.</summary>
    public static readonly UnreadTags Untold =
        new("tag policies can decide here, and there is no tag download that would say what is tagged");

    private static readonly UnreadTags Undefined =
        new("tag policies can decide here, and they came without the definition of their service, so they cannot be read");

    /// <summary>Why the tag policies of a download cannot be evaluated, for people; null when they can, or it has no tag policies.</summary>
    public static UnreadTags? Of(PolicyDownload download) => download.Policies.TagPolicies is not { } tags
        || tags.Policies?.Exists(policy => policy.IsEnabled) != true ? null
        : tags.ServiceDef is null ? Undefined
        : download.Tags is null ? Untold
        : null;
}
