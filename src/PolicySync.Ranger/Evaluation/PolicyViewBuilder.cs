namespace PolicySync.Ranger;

/// <summary>Collects what a <see cref="PolicyView"/> shows.</summary>
internal static class PolicyViewBuilder
{
    public static PolicyView Build(
        EngineParts parts, RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag> otherTags)
    {
        var (policies, zone) = PoliciesFor(parts, resource);
        var unknown = parts.Options.UnknownConditions;
        var tags = TagsOf(parts, resource, otherTags);
        return new PolicyView
        {
            Resource = resource,
            Access = Matching(policies, RangerPolicy.AccessType, resource, at, unknown),
            Masks = Matching(policies, RangerPolicy.DataMaskType, resource, at, unknown),
            Filters = Matching(policies, RangerPolicy.RowFilterType, resource, at, unknown),
            TagAccess = OfTags(RangerPolicy.AccessType),
            TagMasks = OfTags(RangerPolicy.DataMaskType),
            TagFilters = OfTags(RangerPolicy.RowFilterType),
        };

        IReadOnlyList<MatchedPolicy> OfTags(int policyType) =>
            [.. (parts.TagPolicies?.Candidates(policyType, tags, parts.Zones.TagZoneOf(zone), at) ?? [])
                .Select(candidate => OfTag(candidate, resource.OwnerUser))];
    }

    /// <summary>When a schedule that concerns the resource, or something below it, begins or ends to hold next.</summary>
    public static DateTimeOffset? NextChange(
        EngineParts parts, RangerResource resource, DateTimeOffset after, IReadOnlyList<ResourceTag> otherTags)
    {
        var (policies, zone) = PoliciesFor(parts, resource);
        var tags = TagsOf(parts, resource, otherTags);
        var validities = tags.Select(tag => new PolicyValidity(tag.ValidityPeriods, parts.Options));
        foreach (var policyType in (int[])[RangerPolicy.AccessType, RangerPolicy.DataMaskType, RangerPolicy.RowFilterType])
        {
            validities = validities
                .Concat(policies.Likely(policyType, resource, Reach.Descendants)
                    .Where(policy => policy.Validity.IsLimited && Sets(policy.Resources, isOpen: true, resource).Count > 0)
                    .Select(policy => policy.Validity))
                .Concat((parts.TagPolicies?.Candidates(policyType, tags, parts.Zones.TagZoneOf(zone), at: null) ?? [])
                    .Select(candidate => candidate.Policy.Validity));
        }

        return validities.Select(validity => validity.NextChange(after)).Min();
    }

    private static List<ResourceTag> TagsOf(EngineParts parts, RangerResource resource, IReadOnlyList<ResourceTag> otherTags) =>
        [.. parts.Tags?.TagsOf(resource, withDescendants: true, scopes: null, MatchContext.None) ?? [], .. otherTags];

    // One zone owns the resource, or none does; several mean that only parts of it are in zones.
    private static (PolicyRepository Policies, string? Zone) PoliciesFor(EngineParts parts, RangerResource resource)
    {
        var zones = parts.Zones.ZonesOf(resource);
        var zone = zones.Count == 1 ? zones[0] : null;
        return (zone is null ? parts.Policies : parts.Zones.PoliciesOf(zone) ?? parts.Policies, zone);
    }

    private static MatchedPolicy OfTag(Candidate candidate, string? owner)
    {
        var set = Describe(candidate.Policy.Resources.Sets[0], candidate.Match);
        return new MatchedPolicy(candidate.Policy, [set], candidate.Certainty, owner, candidate.Tag);
    }

    private static List<MatchedPolicy> Matching(
        PolicyRepository policies, int policyType, RangerResource resource, DateTimeOffset at, UnknownConditions unknown)
    {
        var matching = new List<MatchedPolicy>();
        foreach (var policy in policies.Likely(policyType, resource, Reach.Descendants))
        {
            // Without a request a token may come to mean anything: the policy may match more than it says, and less.
            var isOpen = policy.Resources.IsDynamic && unknown == UnknownConditions.AgainstAccess;
            var certainty = policy.Validity.At(at).And(isOpen ? Truth.Unknown : Truth.True);
            if (certainty != Truth.False && Sets(policy.Resources, isOpen, resource) is { Count: > 0 } sets)
            {
                matching.Add(new MatchedPolicy(policy, sets, certainty, resource.OwnerUser));
            }
        }

        return matching;
    }

    private static List<MatchedResourceSet> Sets(PolicyResources resources, bool isOpen, RangerResource resource)
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
