using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Conditions;

/// <summary>
/// The request asks for two or more resources at once that fit the values, <c>database.table.column</c> with wildcards
/// (Ranger's RangerHiveResourcesAccessedTogetherCondition). Without values it holds, without such resources it does not.
/// </summary>
internal sealed class TogetherCondition : Condition
{
    private static readonly string[] LevelNames = ["database", "table", "column"];

    private readonly RangerCondition _condition;
    private readonly List<PolicyResourceMatcher> _matchers;

    public TogetherCondition(RangerCondition condition, ServiceModel service)
    {
        _condition = condition;
        var levels = service.LevelsFor(RangerPolicy.AccessType);
        _matchers = [.. condition.Values.Select(value => new PolicyResourceMatcher(levels, ResourcesOf(value)))];
    }

    public override string Description => $"condition `{_condition.Type}` can only be evaluated for a request";

    public override Truth Evaluate(in Asker asker) =>
        asker.Facts is not { } facts ? Truth.Unknown : TruthTable.Of(_matchers.Count == 0 || AskedTogether(facts.RequestedResources));

    private bool AskedTogether(IReadOnlyList<RangerResource> requested) =>
        requested.Count > 1
        && requested.SelectMany(_ => _matchers, (resource, matcher) => matcher.Match(resource))
            .Count(match => match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants) > 1;

    private static Dictionary<string, RangerPolicyResource> ResourcesOf(string value) =>
        LevelNames.Zip(value.Split('.', StringSplitOptions.TrimEntries))
            .ToDictionary(part => part.First, part => new RangerPolicyResource { Values = [part.Second] });
}
