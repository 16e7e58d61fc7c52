using PolicySync.Core.Errors;
using PolicySync.Core.Policies.Shrinking;

namespace PolicySync.Core.Policies;

/// <summary>The download last accepted from the source; stored durably, so that it survives a restart.</summary>
/// <param name="Version">Its version number.</param>
/// <param name="Stamp">Its content stamp.</param>
/// <param name="EnabledPolicies">How many of its resource policies were enabled, those of security zones included.</param>
/// <param name="EnabledTagPolicies">How many of its tag policies were enabled.</param>
public sealed record PolicyBaseline(long Version, string Stamp, int EnabledPolicies, int EnabledTagPolicies = 0)
{
    /// <summary>Counts of its parts; none when an earlier build of the product accepted it.</summary>
    public PolicyCounts Counts { get; init; } = PolicyCounts.None;

    /// <summary>The version of <c>Policies:AllowShrink</c> that a loss was last accepted by; null when none was.</summary>
    public long? AllowanceUsed { get; init; }
}

/// <summary>
/// Decides whether a download may be used. A source that lost its policies looks like one whose owner removed them, and syncing
/// it would revoke everything; one that lost tags, zones, roles, users or a definition looks like one that no longer needs them,
/// and syncing it would expose what they protected. So an empty set is never accepted, and a set that lost more than
/// <see cref="PolicyMeasure"/> allows at once is accepted only when its version is named in <c>Policies:AllowShrink</c>. An entry
/// allows one loss; left in the configuration, it allows no other.
/// </summary>
public static class PolicyGate
{
    /// <summary>Checks <paramref name="download"/> and returns the new baseline.</summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> for a set without policies;
    /// <see cref="SyncErrorCode.PoliciesShrank"/> for one of which a part lost too much; the message names the parts.
    /// </exception>
    public static PolicyBaseline Accept(PolicyDownload download, PolicyBaseline? last, long? allowShrink)
    {
        var version = download.Policies.PolicyVersion ?? -1;
        var enabled = EnabledPolicies(download);
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

        var accepted = new PolicyBaseline(version, download.Stamp, enabled, EnabledTagPolicies(download))
        {
            Counts = PolicyCensus.Of(download),
            AllowanceUsed = last?.AllowanceUsed,
        };
        if (last is null || string.Equals(last.Stamp, download.Stamp, StringComparison.Ordinal) || Loss(download, accepted, last) is not { } loss)
        {
            return accepted;
        }

        return allowShrink != version ? throw Shrank($"{loss}; set PolicySync:Policies:AllowShrink to {version} if that is meant")
            : last.AllowanceUsed == version ? throw Shrank(
                $"{loss}; PolicySync:Policies:AllowShrink has allowed an earlier loss of version {version}: if this one is meant too, "
                + "give the policies a new version by any change, and name that")
            : accepted with { AllowanceUsed = version };

        SyncException Shrank(string reason) => new(SyncErrorCode.PoliciesShrank, $"version {version} of the policies lost too much: {reason}");
    }

    private static string? Loss(PolicyDownload download, PolicyBaseline now, PolicyBaseline last) =>
        now.EnabledPolicies * 2 < last.EnabledPolicies
            ? $"policies: {now.EnabledPolicies} enabled policies where version {last.Version} held {last.EnabledPolicies}"
        : download.Policies.TagPolicies is null && last.EnabledTagPolicies > 0
            ? $"tag policies: no tag service where version {last.Version} had one with {last.EnabledTagPolicies} enabled tag policies"
        : now.EnabledTagPolicies * 2 < last.EnabledTagPolicies
            ? $"tag policies: {now.EnabledTagPolicies} enabled tag policies where version {last.Version} held {last.EnabledTagPolicies}"
        : PolicyLosses.Between(last, now.Counts);

    private static int EnabledPolicies(PolicyDownload download) =>
        (download.Policies.Policies ?? [])
        .Concat(download.Policies.SecurityZones.Values.SelectMany(zone => zone.Policies ?? []))
        .Count(policy => policy.IsEnabled);

    private static int EnabledTagPolicies(PolicyDownload download) =>
        download.Policies.TagPolicies?.Policies?.Count(policy => policy.IsEnabled) ?? 0;
}
