using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>{serviceName, serviceDef, policies, …, tests: [{request, result | dataMaskResult | rowFilterResult |
/// resourceAccessInfo}], updatedPolicies, updatedTests}</c>: whole requests against whole policy sets, before and after
/// deltas. Audit and the deciding policy of an access are not compared, as Ranger's own runner does not rely on them.
/// </summary>
internal static class EngineForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root, string folder)
    {
        var policies = EngineFile.PoliciesOf(root);
        var tags = ServiceTagsFile.For(policies, folder);
        var cases = Run(root["tests"], policies, root, tags, "");
        if (root["updatedPolicies"] is { } updates)
        {
            var updated = PolicyDeltas.Apply(policies, updates.As<ServicePolicies>())
                ?? throw new InvalidOperationException("the deltas cannot be applied");
            cases = cases.Concat(Run(root["updatedTests"], updated, root, tags, "after update: "));
        }

        return cases;
    }

    private static IEnumerable<ConformanceCase> Run(
        JsonNode? tests, ServicePolicies policies, JsonNode root, ServiceTags? tags, string prefix)
    {
        var roles = EngineFile.RolesOf(root);
        var unknown = UnknownConditionUse.In(policies);
        var common = RangerEngine.Compile(policies, roles, userStore: null, tags, EngineFile.Options);
        foreach (var test in tests.Items())
        {
            var engine = EngineFile.UserStoreOf(test) is { } userStore
                ? RangerEngine.Compile(policies, roles, userStore, tags, EngineFile.Options)
                : common;
            var name = $"{prefix}{test["name"].Text()}";
            var request = EngineFile.RequestOf(test["request"]!, policies.ServiceDef!);
            yield return unknown is not null ? ConformanceCase.Skip(name, unknown)
                : GeoLocation.IsMissingFor(request, policies) ? ConformanceCase.Skip(name, "the geolocation file is no part of the suite")
                : Run(name, test, engine, request);
        }
    }

    private static ConformanceCase Run(string name, JsonNode test, RangerEngine engine, AccessRequest request)
    {
        var expected = new List<string>();
        var actual = new List<string>();
        if (test["result"] is { } access)
        {
            expected.Add($"allowed {access["isAllowed"].Flag()}");
            actual.Add($"allowed {engine.Evaluate(request).IsAllowed}");
        }

        if (test["dataMaskResult"] is { } mask)
        {
            var result = engine.EvaluateDataMask(request);
            var info = mask["additionalInfo"];
            expected.Add($"mask {info?["maskType"].Text()} {info?["maskedValue"].Text()} {info?["maskCondition"].Text()} by {IdOf(mask)}");
            actual.Add($"mask {result.DataMask?.DataMaskType} {result.DataMask?.ValueExpr} {result.DataMask?.ConditionExpr} by {result.PolicyId ?? -1}");
        }

        if (test["rowFilterResult"] is { } filter)
        {
            var result = engine.EvaluateRowFilter(request);
            expected.Add($"filter {filter["additionalInfo"]?["filterExpr"].Text()} by {IdOf(filter)}");
            actual.Add($"filter {result.RowFilter?.FilterExpr} by {result.PolicyId ?? -1}");
        }

        if (test["resourceAccessInfo"] is { } who)
        {
            var result = engine.AccessInfoOf(request);
            expected.Add(Names(who["allowedUsers"].Texts(), who["allowedGroups"].Texts(), who["deniedUsers"].Texts(), who["deniedGroups"].Texts()));
            actual.Add(Names(result.AllowedUsers, result.AllowedGroups, result.DeniedUsers, result.DeniedGroups));
        }

        // One of Ranger's cases asserts nothing, for its result stands inside the request: it passes when it can be asked.
        if (expected.Count == 0)
        {
            engine.Evaluate(request);
        }

        return ConformanceCase.Compare(name, string.Join("; ", expected), string.Join("; ", actual));
    }

    private static string IdOf(JsonNode result) => result["policyId"].Text() ?? "-1";

    private static string Names(params IEnumerable<string>[] lists) =>
        string.Join(" | ", lists.Select(names => string.Join(',', names.Distinct().Order(StringComparer.Ordinal))));
}
