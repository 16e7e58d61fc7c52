using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conditions;

/// <summary>A condition of a policy or item, prepared for evaluation.</summary>
internal abstract class Condition
{
    // Evaluators of Ranger that this engine has no counterpart of.
    private static readonly HashSet<string> NotEvaluatedHere =
    [
        "RangerAccessedFromClusterCondition", "RangerAccessedFromClusterTypeCondition", "RangerAccessedNotFromClusterCondition",
        "RangerAccessedNotFromClusterTypeCondition", "RangerContextAttributeValueInCondition", "RangerContextAttributeValueNotInCondition",
        "RangerHiveResourcesNotAccessedTogetherCondition", "RangerTimeOfDayMatcher", "RangerValidityScheduleConditionEvaluator",
    ];

    /// <summary>What the condition is, for people.</summary>
    public abstract string Description { get; }

    /// <summary>
    /// Whether Ranger has an evaluator for it. What it has none for it ignores, and does not count in the order of policies
    /// either.
    /// </summary>
    public virtual bool IsRangers => true;

    public abstract Truth Evaluate(in Asker asker);

    /// <summary>Why a grant cannot evaluate it, for people; null when a tag and the time decide it.</summary>
    public virtual string? OpenFor(ResourceTag? tag, DateTimeOffset? at) => Description;

    /// <summary>When the result for a tag may change next; null when never.</summary>
    public virtual DateTimeOffset? NextChange(ResourceTag tag, DateTimeOffset after) => null;

    public static Condition Create(RangerCondition condition, ServiceModel service, TagDates dates)
    {
        if (service.Condition(condition.Type) is not { } def)
        {
            return new UnknownCondition($"condition `{condition.Type}` is not defined by the service", isRangers: false);
        }

        var evaluator = def.Evaluator ?? "";
        evaluator = evaluator[(evaluator.LastIndexOf('.') + 1)..];
        return evaluator switch
        {
            "RangerSimpleMatcher" => new ContextValueCondition(condition, def),
            "RangerIpMatcher" => new AddressCondition(condition),
            "RangerAnyOfExpectedTagsPresentConditionEvaluator" => new TagsCondition(condition, TagsCondition.Wanted.Any),
            "RangerTagsAllPresentConditionEvaluator" => new TagsCondition(condition, TagsCondition.Wanted.All),
            "RangerNoneOfExpectedTagsPresentConditionEvaluator" => new TagsCondition(condition, TagsCondition.Wanted.None),
            "RangerHiveResourcesAccessedTogetherCondition" => new TogetherCondition(condition, service),
            "RangerScriptConditionEvaluator" => ScriptCondition.OfPolicy(condition, dates),
            "RangerScriptTemplateConditionEvaluator" => ScriptCondition.OfTemplate(condition, def, dates),
            _ => new UnknownCondition($"condition `{condition.Type}` cannot be evaluated", NotEvaluatedHere.Contains(evaluator)),
        };
    }

    /// <summary>Whether all hold.</summary>
    public static Truth All(Condition[] conditions, in Asker asker)
    {
        var truth = Truth.True;
        foreach (var condition in conditions)
        {
            truth = truth.And(condition.Evaluate(asker));
        }

        return truth;
    }
}

/// <summary>A condition that this engine does not know.</summary>
internal sealed class UnknownCondition(string reason, bool isRangers) : Condition
{
    public override string Description => reason;

    public override bool IsRangers => isRangers;

    public override Truth Evaluate(in Asker asker) => Truth.Unknown;
}
