using System.Text.Json.Nodes;
using PolicySync.Ranger.Conformance.Deltas;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>{serviceName, serviceDef, policies, …, tests: [{request, result | dataMaskResult | rowFilterResult |
/// resourceAccessInfo}], updatedPolicies, updatedTests}</c>: whole requests against whole policy sets, before and after
/// deltas, perhaps several times. Audit and the deciding policy of an access are not compared: the engine does not audit,
/// and Ranger's own runner does not rely on the policy.
/// </summary>
internal static class EngineForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root, SuiteFolder folder)
    {
        var policies = EngineFile.PoliciesOf(root);
        var roles = EngineFile.RolesOf(root);
        var tags = ServiceTagsFile.For(policies, folder);
        JsonNode? stage = root;
        var cases = new List<ConformanceCase>();
        for (var prefix = ""; stage is not null; prefix += "after update: ")
        {
            cases.AddRange(Run(EngineFile.TestsOf(stage), prefix, policies, new EngineReadings(policies, roles, tags)));
            (var deltas, stage) = EngineFile.UpdateOf(stage);
            if (deltas is not null)
            {
                policies = PolicyDeltas.Apply(policies, deltas) ?? throw new InvalidOperationException("the deltas cannot be applied");
            }
        }

        return cases;
    }

    private static IEnumerable<ConformanceCase> Run(
        IEnumerable<JsonNode> tests, string prefix, ServicePolicies policies, EngineReadings readings) =>
        tests.Select(test =>
        {
            var name = $"{prefix}{test["name"].Text()}";
            return ConformanceCase.Guard(name, () => Run(name, test, policies, readings));
        });

    private static ConformanceCase Run(string name, JsonNode test, ServicePolicies policies, EngineReadings readings)
    {
        var request = EngineRequest.Of(test["request"] ?? throw new FormatException("the test has no request"));
        var results = readings.For(request, EngineFile.UserStoreOf(test))
            .Select(engine => string.Join("; ", EngineResult.Actual(test, engine, request)))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return results.Count > 1
            ? ConformanceCase.Skip(name, readings.ReasonFor(request))
            : ConformanceCase.Compare(name, string.Join("; ", EngineResult.Expected(test)), results[0]);
    }
}
