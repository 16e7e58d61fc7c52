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
        : download.Tags is null ? Untold
        : null;
}
