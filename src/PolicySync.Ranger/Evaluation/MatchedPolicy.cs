using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>A policy that matches a resource.</summary>
public sealed class MatchedPolicy
{
    private readonly PreparedPolicy _policy;
    private readonly Truth _certainty;
    private readonly string? _owner;
    private readonly DateTimeOffset _at;
    private IReadOnlyList<PolicyUncertainty>? _uncertainties;

    internal MatchedPolicy(
        PreparedPolicy policy, IReadOnlyList<MatchedResourceSet> sets, Truth certainty, string? owner, DateTimeOffset at, ResourceTag? tag = null)
    {
        _at = at;
        _policy = policy;
        _certainty = certainty;
        _owner = owner;
        Sets = sets;
        Tag = tag;
    }

    /// <summary>The policy.</summary>
    public RangerPolicy Policy => _policy.Policy;

    /// <summary>The tag through which a tag policy matches; null for a resource policy.</summary>
    public ResourceTag? Tag { get; }

    /// <summary>
    /// Whether the policy decides about the resource itself, rather than about something below it. A tag on what contains
    /// the resource counts for it too; a resource policy for what contains it does not, and is never shown.
    /// </summary>
    public bool DecidesItself => Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants or ResourceMatch.Ancestor;

    /// <summary>
    /// How the policy matches: that of the set which decides, where <see cref="ResourceMatch.Self"/> goes before
    /// <see cref="ResourceMatch.SelfAndAllDescendants"/> and that before <see cref="ResourceMatch.Descendant"/>.
    /// </summary>
    public ResourceMatch Match => Sets[0].Match;

    /// <summary>
    /// Every set of the policy's resources that matches, best match first. For a tag policy the tagged resource, where it
    /// is known.
    /// </summary>
    public IReadOnlyList<MatchedResourceSet> Sets { get; }

    /// <summary>The set that decides.</summary>
    public IReadOnlyDictionary<string, RangerPolicyResource> MatchedResources => Sets[0].Resources;

    /// <summary>The deepest level that the deciding set names.</summary>
    public string DeepestName => Sets[0].DeepestName;

    /// <summary>Whether the deciding set names that level with everything: <c>column=*</c>.</summary>
    public bool DeepestIsAny => Sets[0].DeepestIsAny;

    /// <summary>
    /// Whether the policy's resources contain a token, for example <c>{USER}</c>, or an expression, which only a request gives a value, or a
    /// pattern that can be read in two ways.
    /// </summary>
    public bool IsDynamic => _policy.Resources.IsOpen;

    /// <summary>What in the policy cannot be evaluated without a request, or not at all.</summary>
    public IReadOnlyList<PolicyUncertainty> Uncertainties => _uncertainties ??= _policy.UncertaintiesFor(Tag, _at);

    internal Candidate Candidate => new(_policy, Match, _certainty, Tag);

    /// <summary>
    /// This policy's own verdict: deny items and exceptions, then allow items and exceptions, then deny-all-else. How the
    /// policy matches makes no difference here.
    /// </summary>
    public AccessDecision EvaluateAlone(Subject subject, string accessType)
    {
        var verdict = _policy.Judge(accessType, new Asker(subject, _owner, Facts: null, Tag, _at), _certainty);
        return verdict == AccessVerdict.Undetermined ? default : new(verdict, Policy.Id, Policy.Name);
    }
}

/// <summary>One set of a policy's resources that matches: <c>resources</c>, or one of <c>additionalResources</c>.</summary>
/// <param name="Match">How it matches; never none, and ancestor only for a tag policy.</param>
/// <param name="Resources">Level to values.</param>
/// <param name="DeepestName">The deepest level named.</param>
/// <param name="DeepestIsAny">Whether that level is named with everything.</param>
public sealed record MatchedResourceSet(
    ResourceMatch Match,
    IReadOnlyDictionary<string, RangerPolicyResource> Resources,
    string DeepestName,
    bool DeepestIsAny);
