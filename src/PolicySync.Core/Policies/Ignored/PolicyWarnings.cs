using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Ignored;

/// <summary>
/// The parts of one version of the policies that have no effect: resources that match nothing, unknown levels and access
/// types, masks without a column, filters with one, items without principals or access types. Ranger ignores them silently.
/// </summary>
public sealed class PolicyWarnings
{
    private readonly HashSet<string> _levels;
    private readonly List<PolicyWarning> _ofResources;

    private PolicyWarnings(IReadOnlyList<PolicyWarning> all, IEnumerable<string> levels)
    {
        All = all;
        _levels = levels.ToHashSet(StringComparer.Ordinal);
        _ofResources = [.. all.Where(warning => warning.HasResources)];
    }

    /// <summary>One for each policy, in the order of the download.</summary>
    public IReadOnlyList<PolicyWarning> All { get; }

    /// <summary>What has no effect of the policies that were meant for <paramref name="securable"/>.</summary>
    public IEnumerable<Gap> GapsOf(Securable securable) => _ofResources.Where(warning => warning.Concerns(securable, _levels)).Select(warning => warning.ToGap());

    /// <summary>Looks through a download.</summary>
    public static PolicyWarnings Of(PolicyDownload download)
    {
        var policies = download.Policies;
        var def = policies.ServiceDef;
        var tagDef = policies.TagPolicies?.ServiceDef;
        var ofResources = new IgnoredElements(def, ofTags: false);
        var warnings = new List<PolicyWarning>();
        foreach (var policy in (policies.Policies ?? []).Concat(policies.SecurityZones.Values.SelectMany(zone => zone.Policies ?? [])))
        {
            Add(policy, ofResources, hasResources: true);
        }

        warnings.AddRange(policies.SecurityZones.Where(zone => !zone.Value.Resources.Exists(ofResources.Fits) && zone.Value.Policies?.Count > 0)
            .Select(zone => new PolicyWarning(null, $"zone `{zone.Key}` has no resources that match anything, so none of its policies counts") { HasResources = false }));
        if (tagDef is not null)
        {
            var ofTags = new IgnoredElements(tagDef, ofTags: true);
            foreach (var policy in policies.TagPolicies?.Policies ?? [])
            {
                Add(policy, ofTags, hasResources: false);
            }
        }

        return new PolicyWarnings(warnings, (def?.Resources ?? []).Select(level => level.Name).OfType<string>());

        void Add(RangerPolicy policy, IgnoredElements elements, bool hasResources)
        {
            if (policy.IsEnabled && elements.Of(policy).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } found)
            {
                warnings.Add(new PolicyWarning(policy, string.Join("; ", found)) { HasResources = hasResources });
            }
        }
    }
}
