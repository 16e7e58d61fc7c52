namespace PolicySync.Ranger;

/// <summary>The policies that match one resource at one time, in the order in which Ranger asks them.</summary>
public sealed class PolicyView
{
    internal PolicyView(
        RangerResource resource,
        IReadOnlyList<MatchedPolicy> access,
        IReadOnlyList<MatchedPolicy> masks,
        IReadOnlyList<MatchedPolicy> filters)
    {
        Resource = resource;
        Access = access;
        Masks = masks;
        Filters = filters;
    }

    /// <summary>The resource.</summary>
    public RangerResource Resource { get; }

    /// <summary>
    /// Access policies that name the resource, it and all below, or something below it. Only the first two kinds decide
    /// about the resource itself.
    /// </summary>
    public IReadOnlyList<MatchedPolicy> Access { get; }

    /// <summary>Mask policies, with the same kinds of match.</summary>
    public IReadOnlyList<MatchedPolicy> Masks { get; }

    /// <summary>Row-filter policies, with the same kinds of match.</summary>
    public IReadOnlyList<MatchedPolicy> Filters { get; }

    /// <summary>Combines the access policies that decide about the resource itself, priorities and denies included.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType) =>
        Evaluate(subject, accessType, static policy => policy.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants);

    /// <summary>The same, over those of <see cref="Access"/> that pass the filter, whatever their kind of match.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType, Func<MatchedPolicy, bool> filter)
    {
        var combiner = new PolicyCombiner(
            new AccessQuestion(accessType, subject, Resource.OwnerUser, facts: null, ignoresDescendantDeny: false));
        for (var i = 0; i < Access.Count; i++)
        {
            if (filter(Access[i]) && combiner.Ask(Access[i].Candidate))
            {
                break;
            }
        }

        return combiner.Finish().ToAccessDecision();
    }
}
