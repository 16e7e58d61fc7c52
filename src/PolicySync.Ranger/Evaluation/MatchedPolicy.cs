namespace PolicySync.Ranger;

/// <summary>A policy that matches a resource.</summary>
public sealed class MatchedPolicy
{
    internal MatchedPolicy(RangerPolicy policy, IReadOnlyList<MatchedResourceSet> sets)
    {
        Policy = policy;
        Sets = sets;
    }

    /// <summary>The policy.</summary>
    public RangerPolicy Policy { get; }

    /// <summary>
    /// How the policy matches: that of the set which decides, where <see cref="ResourceMatch.Self"/> goes before
    /// <see cref="ResourceMatch.SelfAndAllDescendants"/> and that before <see cref="ResourceMatch.Descendant"/>.
    /// </summary>
    public ResourceMatch Match => Sets[0].Match;

    /// <summary>Every set of the policy's resources that matches, best match first.</summary>
    public IReadOnlyList<MatchedResourceSet> Sets { get; }

    /// <summary>The set that decides.</summary>
    public IReadOnlyDictionary<string, RangerPolicyResource> MatchedResources => Sets[0].Resources;

    /// <summary>The deepest level that the deciding set names.</summary>
    public string DeepestName => Sets[0].DeepestName;

    /// <summary>Whether the deciding set names that level with everything: <c>column=*</c>.</summary>
    public bool DeepestIsAny => Sets[0].DeepestIsAny;

    /// <summary>Whether the policy's resources hold a token such as <c>{USER}</c> or an expression, known only at a request.</summary>
    public bool IsDynamic => throw new NotSupportedException("not built yet");

    /// <summary>What in the policy cannot be evaluated.</summary>
    public IReadOnlyList<PolicyUncertainty> Uncertainties => throw new NotSupportedException("not built yet");

    /// <summary>This policy's own verdict: deny items and exceptions, then allow items and exceptions, then deny-all-else.</summary>
    public AccessDecision EvaluateAlone(Subject subject, string accessType) => throw new NotSupportedException("not built yet");
}

/// <summary>One set of a policy's resources that matches: <c>resources</c>, or one of <c>additionalResources</c>.</summary>
/// <param name="Match">How it matches; never none or ancestor.</param>
/// <param name="Resources">Level to values.</param>
/// <param name="DeepestName">The deepest level named.</param>
/// <param name="DeepestIsAny">Whether that level is named with everything.</param>
public sealed record MatchedResourceSet(
    ResourceMatch Match,
    IReadOnlyDictionary<string, RangerPolicyResource> Resources,
    string DeepestName,
    bool DeepestIsAny);
