using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Evaluation;

/// <summary>The policies that match one resource at one time, in the order in which Ranger asks them.</summary>
public sealed class PolicyView
{
    /// <summary>The resource.</summary>
    public required RangerResource Resource { get; init; }

    /// <summary>The time at which schedules and dates of tags are evaluated.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// Access policies that name the resource, it and all below, or something below it. Only the first two kinds decide
    /// about the resource itself.
    /// </summary>
    public required IReadOnlyList<MatchedPolicy> Access { get; init; }

    /// <summary>Mask policies, with the same kinds of match.</summary>
    public required IReadOnlyList<MatchedPolicy> Masks { get; init; }

    /// <summary>Row-filter policies, with the same kinds of match.</summary>
    public required IReadOnlyList<MatchedPolicy> Filters { get; init; }

    /// <summary>
    /// Access policies for tags of the resource, of what contains it, or of something below it. They are asked before
    /// <see cref="Access"/>, which only the same or a higher priority lets change their decision.
    /// </summary>
    public required IReadOnlyList<MatchedPolicy> TagAccess { get; init; }

    /// <summary>Mask policies for tags.</summary>
    public required IReadOnlyList<MatchedPolicy> TagMasks { get; init; }

    /// <summary>
    /// Row-filter policies for tags. One whose tag is on something below, as on a column, filters no rows of the resource.
    /// </summary>
    public required IReadOnlyList<MatchedPolicy> TagFilters { get; init; }

    /// <summary>The security zone whose policies these are; null for the policies outside zones.</summary>
    public required string? Zone { get; init; }

    /// <summary>
    /// Resources of security zones that match the resource, something below it, or something above it. A resource in
    /// exactly one zone is that zone's; one that several match, or of which only parts are in zones, is no zone's.
    /// </summary>
    public required IReadOnlyList<ZoneMatch> Zones { get; init; }

    /// <summary>
    /// Whether all of the resource is in <see cref="Zone"/>: that zone covers it with everything below, and no other zone has a
    /// part of it.
    /// </summary>
    public bool IsWhollyInZone => Zone is not null && Zones.Any(zone => zone.Set.Match == ResourceMatch.Ancestor
        || (zone.Set.Match == ResourceMatch.Self && zone.Set.Resources.Count == Resource.Names.Count));

    /// <summary>Combines the access policies that decide about the resource itself, priorities and denies included.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType) =>
        Evaluate(subject, accessType, static policy => policy.DecidesItself);

    /// <summary>The same, over those access policies that pass the filter, whatever their kind of match.</summary>
    public AccessDecision Evaluate(Subject subject, string accessType, Func<MatchedPolicy, bool> filter) => Evaluate(
        new AccessQuestion(accessType, subject, Resource.OwnerUser, facts: null, ignoresDescendantDeny: false, At), filter);

    /// <summary>The decision of <see cref="Evaluate(Subject, string)"/> and how each policy had a part in it.</summary>
    public DecisionTrace Trace(Subject subject, string accessType) =>
        Trace(subject, accessType, static policy => policy.DecidesItself);

    /// <summary>
    /// The decision of <see cref="Evaluate(Subject, string, Func{MatchedPolicy, bool})"/> and how each policy had a part in it.
    /// </summary>
    public DecisionTrace Trace(Subject subject, string accessType, Func<MatchedPolicy, bool> filter)
    {
        var recorder = new DecisionRecorder();
        var decision = Evaluate(new RecordedAccessQuestion(accessType, subject, Resource.OwnerUser, At, recorder), filter);
        return new DecisionTrace(
            decision, Zone, recorder.ByTags,
            [
                .. recorder.Steps.Take(recorder.OfTags), .. Rest(TagAccess, recorder.OfTags),
                .. recorder.Steps.Skip(recorder.OfTags), .. Rest(Access, recorder.Steps.Count - recorder.OfTags),
            ],
            recorder.End);

        IEnumerable<TraceStep> Rest(IReadOnlyList<MatchedPolicy> policies, int recorded) =>
            policies.Where(filter).Skip(recorded).Select(policy => DecisionRecorder.StepOf(policy.Candidate));
    }

    private AccessDecision Evaluate(AccessQuestion question, Func<MatchedPolicy, bool> filter)
    {
        var byTags = TagAccess.Count == 0
            ? default
            : TagDecision.Of(TagAccess.Where(filter).Select(policy => policy.Candidate), question);
        var combiner = new PolicyCombiner(question, byTags);
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
