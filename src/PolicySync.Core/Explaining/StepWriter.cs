using PolicySync.Core.Desired;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Core.Explaining;

/// <summary>Writes the trace of an evaluation in the words of an explanation.</summary>
/// <param name="context">The run.</param>
/// <param name="decider">The policies at the securable.</param>
/// <param name="paths">How the principal belongs to groups and roles.</param>
internal sealed class StepWriter(DesiredContext context, LevelDecider decider, MemberPaths paths)
{
    /// <summary>Most policies of an explanation.</summary>
    public const int MaxSteps = 500;

    /// <summary>Most policies without a part in the decision.</summary>
    public const int MaxUnasked = 100;

    /// <summary>The policies of a trace, in order.</summary>
    public IReadOnlyList<ExplainedStep> Steps(DecisionTrace trace)
    {
        var kept = trace.Steps.Count <= MaxSteps ? trace.Steps
            : trace.Steps.Index().OrderBy(step => !IsTelling(step.Item)).ThenBy(step => step.Index).Take(MaxSteps)
                .OrderBy(step => step.Index).Select(step => step.Item);
        return [.. kept.Select(step => Write(step, ReferenceEquals(step, trace.Deciding)))];
    }

    /// <summary>Policies that name the securable and the access type and have no part in the decision.</summary>
    public IReadOnlyList<UnaskedStep> Unasked(Subject subject, string accessType)
    {
        var view = decider.Policies.View;
        var left = context.Policies.Engine.UnaskedFor(view.Resource, context.At, context.Tags?.Concerning(RangerResources.Elements(context.Facts.Securable)))
            .Where(policy => policy.Policy.Tag is not null || policy.Policy.Sets.Any(decider.Policies.IsOwn))
            .Select(policy => (policy.Policy, Reason: Of(policy.Reason), policy.Zone));
        var below = view.Access.Where(policy => policy.DecidesItself && !decider.IsOwn(policy))
            .Select(policy => (Policy: policy, Reason: ExplainedAbsence.NamesWhatLiesBelow, view.Zone));
        return
        [
            .. left.Concat(below).Where(found => Covers(found.Policy.Policy, accessType)).Take(MaxUnasked)
                .Select(found => new UnaskedStep(
                    found.Policy.Policy.Id, found.Policy.Policy.Name, found.Reason, found.Zone, found.Policy.Tag?.Type,
                    Of(found.Policy.EvaluateAlone(subject, accessType).Verdict))),
        ];
    }

    /// <summary>A verdict in the words of an explanation.</summary>
    public static ExplainedVerdict Of(AccessVerdict verdict) => verdict switch
    {
        AccessVerdict.Allowed => ExplainedVerdict.Allowed,
        AccessVerdict.Denied => ExplainedVerdict.Denied,
        _ => ExplainedVerdict.None,
    };

    /// <summary>The end of an evaluation in the words of an explanation.</summary>
    public static ExplainedEnd Of(TraceEnd end) => end switch
    {
        TraceEnd.Denied => ExplainedEnd.Denied,
        TraceEnd.Allowed => ExplainedEnd.Allowed,
        TraceEnd.AllowedByPriority => ExplainedEnd.AllowedByPriority,
        TraceEnd.DeniedByTag => ExplainedEnd.DeniedByTag,
        TraceEnd.TagDenialRemains => ExplainedEnd.TagDenialRemains,
        _ => ExplainedEnd.EveryPolicyAsked,
    };

    private static bool IsTelling(TraceStep step) => step.Items.Count > 0 || step.GivenBy is not null;

    private bool Covers(RangerPolicy policy, string accessType) => policy.IsDenyAllElse
        || policy.PolicyItems.Concat(AccessItems.Taking(policy)).Concat(policy.DenyExceptions).Any(item => context.Items.Covers(item, accessType));

    private ExplainedStep Write(TraceStep step, bool decides) => new(
        step.Policy.Id, step.Policy.Name, step.Policy.PolicyPriority, step.IsAsked, Of(step.Verdict), step.IsChange, decides)
    {
        Tag = step.Tag?.Type,
        TaggedObject = TaggedObject(step.Tag),
        Match = step.Match switch
        {
            ResourceMatch.SelfAndAllDescendants => ExplainedMatch.SelfAndBelow,
            ResourceMatch.Descendant => ExplainedMatch.Below,
            ResourceMatch.Ancestor => ExplainedMatch.Above,
            _ => ExplainedMatch.Self,
        },
        Holds = step.IsAsked ? Of(step.Holds) : null,
        Conditions = Write(step.Conditions),
        Items = [.. step.Items.Select(Write)],
        GivenBy = step.GivenBy is { } part ? Of(part) : null,
    };

    private ExplainedItem Write(TraceItem item) => new(Of(item.Part), item.Index, Of(item.By.Kind), item.By.Name, paths.To(item.By))
    {
        Holds = Of(item.Holds), Conditions = Write(item.Conditions), Applies = item.Applies,
    };

    private static IReadOnlyList<ExplainedCondition> Write(IReadOnlyList<TraceCondition> conditions) =>
        [.. conditions.Select(condition => new ExplainedCondition(condition.Description, Of(condition.Holds)))];

    // A tagged object is named by one value at each level.
    private static string? TaggedObject(ResourceTag? tag) => tag?.Resources is not { } resources ? null : string.Join('.',
        SecurableLevels.Where(resources.ContainsKey).Select(level => string.Join('|', resources[level].Values)));

    private static readonly string[] SecurableLevels = [.. Securables.SecurableTypes.AllLevels, RangerResources.Column];

    private static ExplainedPart Of(PolicyPart part) => part switch
    {
        PolicyPart.Allow => ExplainedPart.Allow,
        PolicyPart.Deny => ExplainedPart.Deny,
        PolicyPart.AllowException => ExplainedPart.AllowException,
        PolicyPart.DenyException => ExplainedPart.DenyException,
        _ => ExplainedPart.DenyAllElse,
    };

    private static ExplainedNaming Of(NamedByKind kind) => kind switch
    {
        NamedByKind.Public => ExplainedNaming.Public,
        NamedByKind.AnyUser => ExplainedNaming.AnyUser,
        NamedByKind.Owner => ExplainedNaming.Owner,
        NamedByKind.Group => ExplainedNaming.Group,
        NamedByKind.Role => ExplainedNaming.Role,
        _ => ExplainedNaming.User,
    };

    private static ExplainedTruth Of(TraceTruth truth) => truth switch
    {
        TraceTruth.True => ExplainedTruth.True,
        TraceTruth.False => ExplainedTruth.False,
        _ => ExplainedTruth.Unknown,
    };

    private static ExplainedAbsence Of(UnaskedReason reason) => reason switch
    {
        UnaskedReason.Disabled => ExplainedAbsence.Disabled,
        UnaskedReason.OutsideSchedule => ExplainedAbsence.OutsideSchedule,
        UnaskedReason.TagOutsideSchedule => ExplainedAbsence.TagOutsideSchedule,
        _ => ExplainedAbsence.OtherZone,
    };
}
