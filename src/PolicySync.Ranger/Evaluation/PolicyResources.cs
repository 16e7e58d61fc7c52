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

    /// <summary>Whether a value holds a token or expression, which only a request fills in.</summary>
    public bool IsDynamic { get; }

    /// <summary>Whether a value holds <c>*?</c>, which can be read in two ways.</summary>
    public bool IsAmbiguous { get; }

    /// <summary>Whether it cannot be told, without a request, what the resources mean.</summary>
    public bool IsOpen => IsDynamic || IsAmbiguous;

    /// <summary>Whether a value holds an expression that this engine cannot evaluate, request or not.</summary>
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
            yield return Uncertain("its resources hold tokens or expressions, known only at a request");
        }

        if (IsAmbiguous)
        {
            yield return Uncertain("its resources hold `*?`, in which Ranger does not count the star; `?*` says one character or more");
        }
    }

    private static PolicyUncertainty Uncertain(string reason) => new(PolicyPart.Policy, null, reason);
}
