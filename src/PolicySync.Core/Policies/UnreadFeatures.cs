using PolicySync.Core.Securables;
using PolicySync.Ranger;

namespace PolicySync.Core.Policies;

/// <summary>How much of a securable an unread feature can reach.</summary>
public enum FeatureReach
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Something below it, so what its grants would hand down.</summary>
    Below,

    /// <summary>The securable itself.</summary>
    Here,
}

/// <summary>
/// Tag policies and security zones: this version of the product does not evaluate them, so it withholds on every
/// securable that they can reach instead of ignoring them (specification §3.9).
/// </summary>
public sealed class UnreadFeatures
{
    private readonly bool _hasTagPolicies;
    private readonly bool _isUntold;
    private readonly List<PolicyResourceMatcher> _tagged;
    private readonly List<(string Zone, PolicyResourceMatcher Matcher)> _zones;

    private UnreadFeatures(
        bool hasTagPolicies, bool isUntold, List<PolicyResourceMatcher> tagged, List<(string Zone, PolicyResourceMatcher Matcher)> zones)
    {
        _hasTagPolicies = hasTagPolicies;
        _isUntold = isUntold;
        _tagged = tagged;
        _zones = zones;
    }

    /// <summary>What a download holds of such features.</summary>
    public static UnreadFeatures Of(PolicyDownload download, RangerEngine engine)
    {
        var hasTagPolicies = download.Policies.TagPolicies?.Policies?.Any(policy => policy.IsEnabled) == true;
        // Without a tag download nobody can say what is tagged: then every securable may be.
        var tagged = hasTagPolicies && download.Tags is { } tags
            ? tags.ServiceResources.Select(resource => Matcher(resource.ResourceElements))
            : [];
        var zones = download.Policies.SecurityZones.SelectMany(zone => zone.Value.Resources.Select(resource =>
            (zone.Value.ZoneName ?? zone.Key, Matcher(resource.ToDictionary(
                pair => pair.Key, pair => new RangerPolicyResource { Values = pair.Value }, StringComparer.Ordinal)))));
        return new UnreadFeatures(hasTagPolicies, hasTagPolicies && download.Tags is null, [.. tagged], [.. zones]);

        PolicyResourceMatcher Matcher(IReadOnlyDictionary<string, RangerPolicyResource> resources) =>
            PolicyResourceMatcher.Create(engine.ServiceDef, RangerPolicy.AccessType, resources);
    }

    /// <summary>Whether such a feature can reach <paramref name="securable"/>, and which one, for people.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="tags">Its tags from elsewhere; null when nobody looked.</param>
    public (FeatureReach Reach, string Detail) ReachOf(Securable securable, SecurableTags? tags)
    {
        var resource = RangerResources.Of(securable, owner: null);
        var isUntold = _isUntold && tags is null;
        var reach = isUntold ? FeatureReach.Here : FeatureReach.None;
        var detail = isUntold ? "tag policies, without a tag download that would say what is tagged" : "";
        var others = _hasTagPolicies ? tags?.Concerning(RangerResources.Elements(securable)) ?? [] : [];
        foreach (var (name, match) in others.Select(tag => ("tag policies", tag.Match))
                     .Concat(_tagged.Select(matcher => ("tag policies", matcher.Match(resource))))
                     .Concat(_zones.Select(zone => ($"security zone `{zone.Zone}`", zone.Matcher.Match(resource)))))
        {
            var found = match switch
            {
                ResourceMatch.None => FeatureReach.None,
                ResourceMatch.Descendant => FeatureReach.Below,
                _ => FeatureReach.Here,
            };
            if (found > reach)
            {
                (reach, detail) = (found, name);
            }
        }

        return (reach, detail);
    }
}
