using PolicySync.Core.Errors;

namespace PolicySync.Core.Policies;

/// <summary>What was last accepted from the source; kept durably, so that a restart does not forget it.</summary>
/// <param name="Version">Its version number.</param>
/// <param name="Stamp">Its content stamp.</param>
/// <param name="EnabledPolicies">How many of its resource policies were enabled, those of security zones included.</param>
/// <param name="EnabledTagPolicies">How many of its tag policies were enabled.</param>
public sealed record PolicyBaseline(long Version, string Stamp, int EnabledPolicies, int EnabledTagPolicies = 0);

/// <summary>
/// Decides whether a download may serve. A source that lost its policies looks just like one whose owner removed them,
/// and syncing it would revoke everything: so an empty set never serves, and one that lost more than half only when
/// its version is named in <c>Policies:AllowShrink</c>. Tag policies count among all policies, and beside that a set from
/// which the tag service has gone is one that shrank: an unlinked or stopped tag service leaves nothing behind, and what
/// it denied and masked would lie open.
/// </summary>
public static class PolicyGate
{
    /// <summary>Checks <paramref name="download"/> and returns the new baseline.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> for a set without policies;
    /// <see cref="SyncErrorCode.PoliciesShrank"/> for one that lost more than half.
    /// </exception>
    public static PolicyBaseline Accept(PolicyDownload download, PolicyBaseline? last, long? allowShrink)
    {
        var version = download.Policies.PolicyVersion ?? -1;
        var enabled = EnabledPolicies(download);
        var ofTags = download.Policies.TagPolicies?.Policies?.Count(policy => policy.IsEnabled) ?? 0;
        if (download.Policies.Policies is null)
        {
            throw new SyncException(SyncErrorCode.PoliciesUnavailable,
                $"version {version} of the policies is a header without policies; it never counts as `no policies`");
        }

        if (enabled == 0)
        {
            throw new SyncException(SyncErrorCode.PoliciesUnavailable,
                $"version {version} of the policies holds no enabled policy; it never counts as `no policies`");
        }

        if (last is not null && !string.Equals(last.Stamp, download.Stamp, StringComparison.Ordinal) && allowShrink != version
            && Loss(download, enabled, ofTags, last) is { } loss)
        {
            throw new SyncException(SyncErrorCode.PoliciesShrank,
                $"version {version} {loss}; set PolicySync:Policies:AllowShrink to {version} if that is meant");
        }

        return new PolicyBaseline(version, download.Stamp, enabled, ofTags);
    }

    private static string? Loss(PolicyDownload download, int enabled, int ofTags, PolicyBaseline last) =>
        enabled * 2 < last.EnabledPolicies
            ? $"holds {enabled} enabled policies where version {last.Version} held {last.EnabledPolicies}"
        : (enabled + ofTags) * 2 < last.EnabledPolicies + last.EnabledTagPolicies
            ? $"holds {enabled + ofTags} enabled policies, tag policies included, where version {last.Version} held "
                + $"{last.EnabledPolicies + last.EnabledTagPolicies}"
        : download.Policies.TagPolicies is null && last.EnabledTagPolicies > 0
            ? $"has no tag service where version {last.Version} had one with {last.EnabledTagPolicies} enabled tag policies"
        : null;

    private static int EnabledPolicies(PolicyDownload download) =>
        (download.Policies.Policies ?? [])
        .Concat(download.Policies.SecurityZones.Values.SelectMany(zone => zone.Policies ?? []))
        .Count(policy => policy.IsEnabled);
}
