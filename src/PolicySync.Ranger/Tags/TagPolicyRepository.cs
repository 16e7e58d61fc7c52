using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Tags;

/// <summary>Tag policies, found by the tags of a resource.</summary>
internal sealed class TagPolicyRepository
{
    private readonly PolicyRepository _policies;
    private readonly EngineOptions _options;

    public TagPolicyRepository(TagPolicies tags, RangerServiceDef def, string? service, EngineOptions options)
    {
        _options = options;
        _policies = new PolicyRepository(
            TagService.PoliciesFor(service, tags.Policies ?? []),
            new ServiceModel(TagService.DefFor(service, def)),
            options);
        HasTagDates = _policies.All(RangerPolicy.AccessType).Any(policy => policy.HasTagDates);
    }

    /// <summary>Whether an access policy asks for a date that its tag names.</summary>
    public bool HasTagDates { get; }

    /// <summary>The policies for some tags, in the order in which Ranger asks them for this type of policies.</summary>
    /// <param name="policyType">Type of policies.</param>
    /// <param name="tags">The tags.</param>
    /// <param name="zone">The zone whose tag policies count; null for those outside zones.</param>
    /// <param name="at">When the tags and policies must hold; null ignores time, as ACLs do.</param>
    public IReadOnlyList<Candidate> Candidates(int policyType, IReadOnlyList<ResourceTag> tags, string? zone, DateTimeOffset? at)
    {
        var found = new List<Candidate>();
        foreach (var tag in tags)
        {
            var tagHolds = Holds(new PolicyValidity(tag.ValidityPeriods, _options), at);
            if (tagHolds == Truth.False)
            {
                continue;
            }

            var resource = new RangerResource(new Dictionary<string, string> { ["tag"] = tag.Type });
            foreach (var policy in _policies.Likely(policyType, resource, Reach.Self))
            {
                var certainty = tagHolds.And(Holds(policy.Validity, at));
                if (certainty != Truth.False
                    && IsOfZone(policy, zone)
                    && PolicyResources.BestOf(policy.Resources.Sets, resource, scopes: null, MatchContext.None) == ResourceMatch.Self)
                {
                    found.Add(new Candidate(policy, tag.Match, certainty, tag));
                }
            }
        }

        return Sorted(policyType, found);
    }

    /// <summary>Every policy that holds, for any tagged object: each as one for something below.</summary>
    /// <param name="policyType">Type of policies.</param>
    /// <param name="zone">The zone whose tag policies count; null for those outside zones.</param>
    /// <param name="at">When the policies must hold; null ignores time.</param>
    public IReadOnlyList<Candidate> All(int policyType, string? zone, DateTimeOffset? at) => Sorted(policyType, _policies.All(policyType)
        .Where(policy => IsOfZone(policy, zone))
        .Select(policy => new Candidate(policy, ResourceMatch.Descendant, Holds(policy.Validity, at)))
        .Where(candidate => candidate.Certainty != Truth.False));

    /// <summary>The access policies for some tags that are not asked, and why; each as it would be asked otherwise.</summary>
    /// <param name="tags">The tags.</param>
    /// <param name="zone">The zone whose tag policies count; null for those outside zones.</param>
    /// <param name="at">The time.</param>
    public IEnumerable<(Candidate Candidate, UnaskedReason Reason)> Unasked(IReadOnlyList<ResourceTag> tags, string? zone, DateTimeOffset at)
    {
        foreach (var tag in tags)
        {
            var isOver = new PolicyValidity(tag.ValidityPeriods, _options).At(at) == Truth.False;
            var resource = new RangerResource(new Dictionary<string, string> { ["tag"] = tag.Type });
            foreach (var (policy, isDisabled) in _policies.Likely(RangerPolicy.AccessType, resource, Reach.Self).Select(policy => (policy, false))
                         .Concat(_policies.Disabled(RangerPolicy.AccessType).Select(policy => (policy, true))))
            {
                UnaskedReason? reason = !IsOfZone(policy, zone) ? UnaskedReason.OtherZone
                    : isDisabled ? UnaskedReason.Disabled
                    : isOver ? UnaskedReason.TagOutsideSchedule
                    : policy.Validity.At(at) == Truth.False ? UnaskedReason.OutsideSchedule
                    : null;
                if (reason is { } known
                    && PolicyResources.BestOf(policy.Resources.Sets, resource, scopes: null, MatchContext.None) == ResourceMatch.Self)
                {
                    yield return (new Candidate(policy, tag.Match, Truth.True, tag), known);
                }
            }
        }
    }

    /// <summary>The order of RangerPolicyResourceMatcher.MATCH_TYPE_COMPARATOR: what is nearest to the resource first.</summary>
    public static int Rank(ResourceMatch match) => match switch
    {
        ResourceMatch.Self => 0,
        ResourceMatch.SelfAndAllDescendants => 1,
        ResourceMatch.Ancestor => 2,
        ResourceMatch.Descendant => 3,
        _ => 4,
    };

    private static IReadOnlyList<Candidate> Sorted(int policyType, IEnumerable<Candidate> found) => policyType switch
    {
        RangerPolicy.DataMaskType => [.. found.OrderBy(c => Rank(c.Match)).ThenBy(c => c.Policy, PolicyOrder.ByName)],
        RangerPolicy.RowFilterType => [.. found.OrderBy(c => c.Policy, PolicyOrder.ByName)],
        _ => [.. found.OrderBy(c => c.Policy, PolicyOrder.Comparer)],
    };

    private static bool IsOfZone(PreparedPolicy policy, string? zone) => (policy.Policy.ZoneName ?? "") == (zone ?? "");

    private static Truth Holds(PolicyValidity validity, DateTimeOffset? at) => at is { } time ? validity.At(time) : Truth.True;
}
