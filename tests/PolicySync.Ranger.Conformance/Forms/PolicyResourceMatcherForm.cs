using System.Text.Json.Nodes;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>{serviceDef, testCases: [{policyResources, tests: [{type, resource | policy, evalContext, result}]}]}</c>: the
/// resources of a policy against a request, or against what another policy names.
/// </summary>
internal static class PolicyResourceMatcherForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        var levels = new ServiceModel(root["serviceDef"]!.As<RangerServiceDef>()).LevelsFor(RangerPolicy.AccessType);
        foreach (var testCase in root["testCases"].Items())
        {
            var resources = testCase["policyResources"].AsOrNull<Dictionary<string, RangerPolicyResource>>() ?? [];
            var matcher = new PolicyResourceMatcher(levels, resources);
            foreach (var test in testCase["tests"].Items())
            {
                var name = $"{testCase["name"].Text()} / {test["name"].Text()}";
                yield return ConformanceCase.Guard(name, () => Run(name, test, matcher, levels));
            }
        }
    }

    private static ConformanceCase Run(string name, JsonNode test, PolicyResourceMatcher matcher, ResourceLevels levels)
    {
        var context = EvalContext.Read(test["evalContext"]);
        var match = test["policy"] is { } policy
            ? MatchOf(policy.As<RangerPolicy>(), matcher, levels, context)
            : matcher.Match(TestJson.Resource(test["resource"]), scopes: null, context);
        return MatchScope.Holds(test["type"].Text(), match) is { } holds
            ? ConformanceCase.Compare(name, test["result"].Flag(), holds)
            : ConformanceCase.Skip(name, $"unknown scope `{test["type"].Text()}`");
    }

    // Builds a request level by level from the policy's values; the first value of a level that matches in any way stays.
    // A policy that leaves a level out and names one below it matches nothing.
    private static ResourceMatch MatchOf(
        RangerPolicy policy, PolicyResourceMatcher matcher, ResourceLevels levels, MatchContext context)
    {
        var requested = new Dictionary<string, string>();
        var match = ResourceMatch.None;
        var isLeftOut = false;
        foreach (var level in levels.ShortestWith(policy.Resources.Keys)?.Levels ?? [])
        {
            if (!policy.Resources.TryGetValue(level.Name!, out var resource) || resource.Values.Count == 0)
            {
                isLeftOut = true;
                continue;
            }

            match = ResourceMatch.None;
            foreach (var value in isLeftOut ? [] : resource.Values)
            {
                requested[level.Name!] = value;
                match = matcher.Match(new RangerResource(requested), scopes: null, context);
                if (match != ResourceMatch.None)
                {
                    break;
                }
            }

            if (match == ResourceMatch.None)
            {
                break;
            }
        }

        return match;
    }
}
