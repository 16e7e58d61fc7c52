using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Evaluation;

/// <summary>The sets of resources of a policy, any of which may match.</summary>
internal sealed class PolicyResources
{
    private readonly PolicyResourceMatcher[]? _widest;

    public PolicyResources(RangerPolicy policy, ServiceModel service)
    {
        var levels = service.LevelsFor(policy.PolicyType);
        Sets = [.. policy.ResourceSets().Select(resources => new PolicyResourceMatcher(levels, resources))];
        IsDynamic = Array.Exists(Sets, s => s.IsDynamic);
        IsAmbiguous = Array.Exists(Sets, s => s.IsAmbiguous);
        _widest = IsOpen ? [.. Sets.Select(set => WidestResources.Of(set, levels))] : null;
    }

    public PolicyResourceMatcher[] Sets { get; }

    /// <summary>The sets with everything that a request would fill in, or that can be read in two ways, replaced by <c>*</c>.</summary>
    public PolicyResourceMatcher[] Widest => _widest ?? Sets;

    /// <summary>Both, for an index that must find the policy either way.</summary>
    public IEnumerable<PolicyResourceMatcher> All => _widest is null ? Sets : Sets.Concat(_widest);

    /// <summary>Whether a value contains a token or expression, which only a request fills in.</summary>
    public bool IsDynamic { get; }

    /// <summary>Whether a value contains <c>*?</c>, which can be read in two ways.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>Whether the meaning of the resources is unknown without a request.</summary>
    public bool IsOpen => IsDynamic || IsAmbiguous;

    /// <summary>Whether a value contains an expression that this engine cannot evaluate even for a request.</summary>
    public bool IsUnknown => IsDynamic && Array.Exists(Sets, s => s.IsUnknown);

    /// <summary>The best match of some of the sets: the resource itself before what lies below or above it.</summary>
    public static ResourceMatch BestOf(
        PolicyResourceMatcher[] sets,
        RangerResource resource,
        IReadOnlyDictionary<string, ElementScope>? scopes,
        MatchContext context)
    {
        var best = ResourceMatch.None;
        foreach (var set in sets)
        {
            var match = set.Match(resource, scopes, context);
            if (match != ResourceMatch.None && (best == ResourceMatch.None || match < best))
            {
                best = match;
            }
        }

        return best;
    }

    public IEnumerable<PolicyUncertainty> Uncertainties => IsOpen ? FindUncertainties() : [];

    private IEnumerable<PolicyUncertainty> FindUncertainties()
    {
        if (IsDynamic)
        {
            yield return Uncertain("its resources contain tokens or expressions, which only a request gives a value");
        }

        if (IsAmbiguous)
        {
            yield return Uncertain("its resources contain `*?`, in which Ranger ignores the star; write `?*` for one character or more");
        }
    }

    private static PolicyUncertainty Uncertain(string reason) => new(PolicyPart.Policy, null, reason);
}
