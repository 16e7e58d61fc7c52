using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>
/// Finds the policies that an ACL is built from. What is bound to time is conditional, whatever the time; only tags that do
/// not hold are omitted, since the resource does not carry them at that time (RangerTagEnricher.getTagsForServiceResource).
/// </summary>
public static class AclPolicies
{
    /// <summary>The ACL of a resource, by name: Ranger's published contract, which is not its decision.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="resource">The resource; levels that form no hierarchy give an empty ACL.</param>
    /// <param name="at">The time: a tag that does not hold then is not a tag of the resource.</param>
    /// <param name="includesDescendants">Whether policies for everything below the resource are included.</param>
    public static ResourceAcls AclsOf(this RangerEngine engine, RangerResource resource, DateTimeOffset at, bool includesDescendants = false)
    {
        var parts = engine.Parts;
        var zone = parts.Zones.ZoneOf(resource);
        var tags = TagsOf(parts, resource, at);
        var builder = new AclBuilder();
        foreach (var policyType in (int[])[RangerPolicy.AccessType, RangerPolicy.DataMaskType, RangerPolicy.RowFilterType])
        {
            if (Concerns(policyType, parts.Service.LevelsFor(policyType), resource))
            {
                var ofTags = OfTags(parts, policyType, tags, parts.Zones.TagZoneOf(zone), includesDescendants);
                var policies = zone is null ? parts.Policies : parts.Zones.PoliciesOf(zone) ?? parts.Policies;
                builder.Add(policyType, ofTags.Concat(OfResource(policies, policyType, resource, includesDescendants))
                    .OrderBy(p => p.Policy, PolicyOrder.Comparer));
            }
        }

        return new ResourceAcls(builder);
    }

    private static IReadOnlyList<ResourceTag> TagsOf(EngineParts parts, RangerResource resource, DateTimeOffset at)
    {
        var tags = parts.Tags?.TagsOf(resource, withDescendants: true, scopes: null, MatchContext.None) ?? [];
        return resource.Names.Count == 0
            ? tags
            : [.. tags.Where(tag => new PolicyValidity(tag.ValidityPeriods, parts.Options).At(at) != Truth.False)];
    }

    // A mask is for a column and a filter for a table, neither for anything above.
    private static bool Concerns(int policyType, ResourceLevels levels, RangerResource resource) =>
        levels.Hierarchies.Any(h => h.HasAll(resource.Names)
            && (policyType == RangerPolicy.AccessType || h.Levels.Count == resource.Names.Count));

    // A policy that several tags lead to comes once, with its best match.
    private static IEnumerable<AclPolicy> OfTags(
        EngineParts parts, int policyType, IReadOnlyList<ResourceTag> tags, string? zone, bool includesDescendants)
    {
        var byPolicy = (parts.TagPolicies?.Candidates(policyType, tags, zone, at: null) ?? [])
            .OrderBy(c => TagPolicyRepository.Rank(c.Match))
            .GroupBy(c => c.Policy);
        foreach (var group in byPolicy)
        {
            var best = group.First();
            if (best.Match != ResourceMatch.Descendant || includesDescendants)
            {
                yield return new AclPolicy(best.Policy, IsConditional(best.Policy) || group.Any(c => c.Tag!.ValidityPeriods.Count > 0));
            }
        }
    }

    private static IEnumerable<AclPolicy> OfResource(
        PolicyRepository policies, int policyType, RangerResource resource, bool includesDescendants)
    {
        foreach (var policy in policies.Likely(policyType, resource, includesDescendants ? Reach.Descendants : Reach.Self))
        {
            if (Matches(policy.Resources.Sets, resource, includesDescendants))
            {
                yield return new AclPolicy(policy, IsConditional(policy));
            }
            else if (policy.Resources.IsDynamic && Matches(policy.Resources.Widest, resource, includesDescendants))
            {
                yield return new AclPolicy(policy, IsConditional: true);
            }
        }
    }

    private static bool Matches(PolicyResourceMatcher[] sets, RangerResource resource, bool includesDescendants) =>
        PolicyResources.BestOf(sets, resource, scopes: null, MatchContext.None) switch
        {
            ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants => true,
            ResourceMatch.Descendant => includesDescendants,
            _ => false,
        };

    private static bool IsConditional(PreparedPolicy policy) =>
        policy.Policy.Conditions.Count > 0 || policy.Policy.ValiditySchedules.Count > 0;
}
