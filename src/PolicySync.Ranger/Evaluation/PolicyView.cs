namespace PolicySync.Ranger;

/// <summary>The policies that match one resource at one time, in the order in which Ranger asks them.</summary>
public sealed class PolicyView
{
    internal PolicyView(RangerResource resource) => Resource = resource;

    /// <summary>The resource.</summary>
    public RangerResource Resource { get; }

    /// <summary>
    /// Access policies that name the resource, it and all below, or something below it. Only the first two kinds decide
    /// about the resource itself.
    /// </summary>
    public IReadOnlyList<MatchedPolicy> Access { get; } = [];

    /// <summary>Mask policies, with the same kinds of match.</summary>
    public IReadOnlyList<MatchedPolicy> Masks { get; } = [];

    /// <summary>Row-filter policies, with the same kinds of match.</summary>
    public IReadOnlyList<MatchedPolicy> Filters { get; } = [];

    /// <summary>Combines the access policies that decide about the resource itself, priorities and denies included.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType) => throw new NotSupportedException("not built yet");

    /// <summary>The same, over those of <see cref="Access"/> that pass the filter, whatever their kind of match.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType, Func<MatchedPolicy, bool> filter) =>
        throw new NotSupportedException("not built yet");
}
