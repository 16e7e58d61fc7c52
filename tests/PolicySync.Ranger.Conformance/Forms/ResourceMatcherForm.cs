using System.Text.Json.Nodes;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance;

/// <summary><c>{testCases: [{resourceDef, policyResource, tests: [{input, evalContext, result}]}]}</c>: one level alone.</summary>
internal static class ResourceMatcherForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        foreach (var testCase in root["testCases"].Items())
        {
            var def = testCase["resourceDef"]!.As<RangerResourceDef>();
            var matcher = ValueMatcher.Create(
                def.Matcher,
                new MatcherOptions(def.MatcherOptions),
                testCase["policyResource"].AsOrNull<RangerPolicyResource>() ?? new());
            foreach (var test in testCase["tests"].Items())
            {
                var name = $"{testCase["name"].Text()} / {test["name"].Text()}";
                yield return ConformanceCase.Guard(name, () => ConformanceCase.Compare(
                    name,
                    test["result"].Flag(),
                    matcher.IsMatch(
                        test["input"].Text() is { } input ? [input] : null, ElementScope.Self, EvalContext.Read(test["evalContext"]))));
            }
        }
    }
}
