using System.Text.Json.Nodes;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Ranger.Conformance;

/// <summary>What a test of the engine form expects, and what an engine says, in the same words.</summary>
internal static class EngineResult
{
    public static IEnumerable<string> Expected(JsonNode test)
    {
        if (test["result"] is { } access)
        {
            yield return $"allowed {access["isAllowed"].Flag()}";
        }

        if (test["dataMaskResult"] is { } mask)
        {
            var type = Info(mask, "maskType");
            yield return $"mask {type} {Info(mask, "maskedValue")} {Info(mask, "maskCondition")} by {IdOf(mask)}";
        }

        if (test["rowFilterResult"] is { } filter)
        {
            yield return $"filter {Info(filter, "filterExpr")} by {IdOf(filter)}";
        }

        if (test["resourceAccessInfo"] is { } who)
        {
            yield return Names(who["allowedUsers"].Texts(), who["allowedGroups"].Texts(), who["deniedUsers"].Texts(), who["deniedGroups"].Texts());
        }
    }

    public static IEnumerable<string> Actual(JsonNode test, RangerEngine engine, AccessRequest request)
    {
        // One of Ranger's cases asserts nothing, for its result stands inside the request: it passes when it can be asked.
        var allowed = engine.Evaluate(request).IsAllowed;
        if (test["result"] is not null)
        {
            yield return $"allowed {allowed}";
        }

        if (test["dataMaskResult"] is not null)
        {
            var result = engine.EvaluateDataMask(request);
            yield return $"mask {result.DataMask?.DataMaskType} {result.DataMask?.ValueExpr} {result.DataMask?.ConditionExpr} by {result.PolicyId ?? -1}";
        }

        if (test["rowFilterResult"] is not null)
        {
            var result = engine.EvaluateRowFilter(request);
            yield return $"filter {result.RowFilter?.FilterExpr} by {result.PolicyId ?? -1}";
        }

        if (test["resourceAccessInfo"] is not null)
        {
            var result = engine.AccessInfoOf(request);
            yield return Names(result.AllowedUsers, result.AllowedGroups, result.DeniedUsers, result.DeniedGroups);
        }
    }

    // Older files have these members in the result itself.
    private static string? Info(JsonNode result, string member) =>
        (result["additionalInfo"].Member(member) ?? result[member]).Text();

    private static string IdOf(JsonNode result) => result["policyId"].Text() ?? "-1";

    private static string Names(params IEnumerable<string>[] lists) =>
        string.Join(" | ", lists.Select(names => string.Join(',', names.Distinct().Order(StringComparer.Ordinal))));
}
