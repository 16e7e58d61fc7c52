using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>
/// Finds the access policies that name a resource and are not asked about it. No decision uses this; it is for people who expect
/// such a policy to count.
/// </summary>
internal static class UnaskedPolicies
{
    /// <summary>Finds them, those of tags first.</summary>
    public static IReadOnlyList<UnaskedPolicy> Find(
        EngineParts parts, RangerResource resource, DateTimeOffset at, IReadOnlyList<ResourceTag> otherTags)
    {
        var zone = parts.Zones.ZoneOf(resource);
        var levels = parts.Service.LevelsFor(RangerPolicy.AccessType);
        var ofTags = parts.TagPolicies?.Unasked(PolicyViewBuilder.TagsOf(parts, resource, otherTags), parts.Zones.TagZoneOf(zone), at) ?? [];
        return
        [
            .. ofTags.Select(found => Unasked(
                PolicyViewBuilder.OfTag(found.Candidate, levels, resource.OwnerUser, at), found.Reason)).Where(found => found.Policy.DecidesItself),
            .. parts.Zones.All.Append(null).SelectMany(other => InZone(parts, resource, other, isAsked: other == zone, at))
                .Where(found => found.Policy.DecidesItself),
        ];
    }

    private static IEnumerable<UnaskedPolicy> InZone(
        EngineParts parts, RangerResource resource, string? zone, bool isAsked, DateTimeOffset at)
    {
        var policies = PolicyViewBuilder.PoliciesOf(parts, zone);
        foreach (var policy in policies.Likely(RangerPolicy.AccessType, resource, Reach.Self))
        {
            UnaskedReason? reason = !isAsked ? UnaskedReason.OtherZone
                : policy.Validity.At(at) == Truth.False ? UnaskedReason.OutsideSchedule
                : null;
            if (reason is { } known && Matching(parts, policy, resource, at) is { } matched)
            {
                yield return new(matched, known, zone);
            }
        }

        foreach (var policy in isAsked ? policies.Disabled(RangerPolicy.AccessType) : [])
        {
            if (Matching(parts, policy, resource, at) is { } matched)
            {
                yield return new(matched, UnaskedReason.Disabled, zone);
            }
        }
    }

    private static MatchedPolicy? Matching(EngineParts parts, PreparedPolicy policy, RangerResource resource, DateTimeOffset at)
    {
        var isOpen = policy.Resources.IsOpen && parts.Options.UnknownConditions == UnknownConditions.AgainstAccess;
        return PolicyViewBuilder.Sets(policy.Resources, isOpen, resource) is { Count: > 0 } sets
            ? new MatchedPolicy(policy, sets, isOpen ? Truth.Unknown : Truth.True, resource.OwnerUser, at)
            : null;
    }

    private static UnaskedPolicy Unasked(MatchedPolicy policy, UnaskedReason reason) =>
        new(policy, reason, string.IsNullOrEmpty(policy.Policy.ZoneName) ? null : policy.Policy.ZoneName);
}
