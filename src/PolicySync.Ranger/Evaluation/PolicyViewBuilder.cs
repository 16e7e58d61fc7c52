using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Collects what a <see cref="PolicyView"/> shows.</summary>
internal static class PolicyViewBuilder
{
    public static PolicyView Build(
        EngineParts parts, RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag> otherTags) =>
        OfZone(parts, resource, parts.Zones.ZoneOf(resource), at, otherTags);

    /// <summary>The policies of a zone that match at or below a resource, whosever it is.</summary>
    public static PolicyView OfZone(
        EngineParts parts, RangerResource resource, string? zone, DateTimeOffset at, IReadOnlyList<ResourceTag> otherTags)
    {
        var policies = PoliciesOf(parts, zone);
        var unknown = parts.Options.UnknownConditions;
        var tags = TagsOf(parts, resource, otherTags);
        var levels = parts.Service.LevelsFor(RangerPolicy.AccessType);
        return new PolicyView
        {
            Resource = resource,
            At = at,
            Access = Matching(policies, RangerPolicy.AccessType, resource, at, unknown),
            Masks = Matching(policies, RangerPolicy.DataMaskType, resource, at, unknown),
            Filters = Matching(policies, RangerPolicy.RowFilterType, resource, at, unknown),
            TagAccess = OfTags(RangerPolicy.AccessType),
            TagMasks = OfTags(RangerPolicy.DataMaskType),
            TagFilters = OfTags(RangerPolicy.RowFilterType),
            Zone = zone,
            Zones = [.. parts.Zones.MatchesOf(resource).Select(found => new ZoneMatch(found.Zone, Describe(found.Matcher, found.Match)))],
        };

        IReadOnlyList<MatchedPolicy> OfTags(int policyType) =>
            [.. (parts.TagPolicies?.Candidates(policyType, tags, parts.Zones.TagZoneOf(zone), at) ?? [])
                .Select(candidate => OfTag(candidate, levels, resource.OwnerUser, at))];
    }

    /// <summary>Every tag policy of a zone, as one for something below. No resource policies.</summary>
    public static PolicyView OfTags(EngineParts parts, string? zone, DateTimeOffset at)
    {
        var tagZone = parts.Zones.TagZoneOf(zone);
        return new PolicyView
        {
            Resource = new RangerResource(new Dictionary<string, string>()),
            At = at,
            Access = [], Masks = [], Filters = [], Zones = [], Zone = tagZone,
            TagAccess = Of(RangerPolicy.AccessType),
            TagMasks = Of(RangerPolicy.DataMaskType),
            TagFilters = Of(RangerPolicy.RowFilterType),
        };

        IReadOnlyList<MatchedPolicy> Of(int policyType) =>
            [.. (parts.TagPolicies?.All(policyType, tagZone, at) ?? [])
                .Select(candidate => OfTag(candidate, levels: null, owner: null, at))];
    }

    /// <summary>When a schedule that concerns the resource, or something below it, starts or ends next.</summary>
    public static DateTimeOffset? NextChange(
        EngineParts parts, RangerResource resource, DateTimeOffset after, IReadOnlyList<ResourceTag> otherTags, bool whateverTagged)
    {
        var tags = TagsOf(parts, resource, otherTags);
        // Parts of it may be in any of these zones, or in no zone.
        var zones = parts.Zones.MatchesOf(resource).Select(string? (found) => found.Zone).Append(null).Distinct(StringComparer.Ordinal).ToList();
        return tags.Select(tag => new PolicyValidity(tag.ValidityPeriods, parts.Options))
            .Concat(zones.SelectMany(zone => ValiditiesIn(parts, resource, zone, tags, whateverTagged)))
            .Select(validity => validity.NextChange(after))
            .Concat(zones.SelectMany(zone => TagDatesIn(parts, zone, tags, after))).Min();
    }

    private static IEnumerable<PolicyValidity> ValiditiesIn(
        EngineParts parts, RangerResource resource, string? zone, IReadOnlyList<ResourceTag> tags, bool whateverTagged)
    {
        foreach (var policyType in (int[])[RangerPolicy.AccessType, RangerPolicy.DataMaskType, RangerPolicy.RowFilterType])
        {
            foreach (var policy in PoliciesOf(parts, zone).Likely(policyType, resource, Reach.Descendants)
                         .Where(policy => policy.Validity.IsLimited && Sets(policy.Resources, isOpen: true, resource).Count > 0))
            {
                yield return policy.Validity;
            }

            foreach (var candidate in (whateverTagged
                         ? parts.TagPolicies?.All(policyType, parts.Zones.TagZoneOf(zone), at: null)
                         : parts.TagPolicies?.Candidates(policyType, tags, parts.Zones.TagZoneOf(zone), at: null)) ?? [])
            {
                yield return candidate.Policy.Validity;
            }
        }
    }

    // Masks and filters do not depend on dates of tags.
    private static IEnumerable<DateTimeOffset?> TagDatesIn(EngineParts parts, string? zone, IReadOnlyList<ResourceTag> tags, DateTimeOffset after) =>
        parts.TagPolicies is { HasTagDates: true } policies
            ? policies.Candidates(RangerPolicy.AccessType, tags, parts.Zones.TagZoneOf(zone), at: null).Select(candidate => candidate.Policy.NextChange(candidate.Tag!, after))
            : [];

    internal static List<ResourceTag> TagsOf(EngineParts parts, RangerResource resource, IReadOnlyList<ResourceTag> otherTags) =>
        [.. parts.Tags?.TagsOf(resource, withDescendants: true, scopes: null, MatchContext.None) ?? [], .. otherTags];

    internal static PolicyRepository PoliciesOf(EngineParts parts, string? zone) =>
        zone is null ? parts.Policies : parts.Zones.PoliciesOf(zone) ?? parts.Policies;

    internal static MatchedPolicy OfTag(Candidate candidate, ResourceLevels? levels, string? owner, DateTimeOffset at)
    {
        var tagged = levels is not null && candidate.Tag?.Resources is { } resources
            ? new PolicyResourceMatcher(levels, resources) : candidate.Policy.Resources.Sets[0];
        return new MatchedPolicy(candidate.Policy, [Describe(tagged, candidate.Match)], candidate.Certainty, owner, at, candidate.Tag);
    }

    private static List<MatchedPolicy> Matching(
        PolicyRepository policies, int policyType, RangerResource resource, DateTimeOffset at, UnknownConditions unknown)
    {
        var matching = new List<MatchedPolicy>();
        foreach (var policy in policies.Likely(policyType, resource, Reach.Descendants))
        {
            // Without a request a token can mean anything, and "*?" can be read in two ways: the policy may match more than it
            // names, or less.
            var isOpen = policy.Resources.IsOpen && unknown == UnknownConditions.AgainstAccess;
            var certainty = policy.Validity.At(at).And(isOpen ? Truth.Unknown : Truth.True);
            if (certainty != Truth.False && Sets(policy.Resources, isOpen, resource) is { Count: > 0 } sets)
            {
                matching.Add(new MatchedPolicy(policy, sets, certainty, resource.OwnerUser, at));
            }
        }

        return matching;
    }

    internal static List<MatchedResourceSet> Sets(PolicyResources resources, bool isOpen, RangerResource resource)
    {
        var sets = new List<MatchedResourceSet>(1);
        for (var i = 0; i < resources.Sets.Length; i++)
        {
            var match = (isOpen ? resources.Widest : resources.Sets)[i].Match(resource);
            if (match is not (ResourceMatch.None or ResourceMatch.Ancestor))
            {
                sets.Add(Describe(resources.Sets[i], match));
            }
        }

        sets.Sort(static (left, right) => left.Match.CompareTo(right.Match));
        return sets;
    }

    private static MatchedResourceSet Describe(PolicyResourceMatcher set, ResourceMatch match)
    {
        var deepest = set.DeepestLevel?.Name ?? "";
        return new(match, set.Resources, deepest, set.MatcherOf(deepest)?.IsEverything == true);
    }
}
