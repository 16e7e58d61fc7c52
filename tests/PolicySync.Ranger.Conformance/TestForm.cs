using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>A form of Ranger's test files, named as the manifest of the shared data names it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Run">Runs a file of the form.</param>
internal sealed record TestForm(string Name, Func<JsonNode, SuiteFolder, IEnumerable<ConformanceCase>> Run)
{
    /// <summary>What is no JSON.</summary>
    public static TestForm Unreadable { get; } = new("unreadable", (_, _) => []);

    /// <summary>The form of a file, told by its content.</summary>
    public static TestForm Of(JsonNode root) =>
        Cases(root) ?? (IsData(root) ? new("data", (_, _) => []) : new("unknown", Unknown));

    private static TestForm? Cases(JsonNode root) => root switch
    {
        JsonArray when root.Items().Any(i => Has(i, "validitySchedules")) => new("validity", (file, _) => ValidityForm.Run(file)),
        JsonArray when root.Items().Any(i => Has(i, "resource") && Has(i, "context") && Has(i, "permissions")) => new("authz-permissions", AuthorizerForm.Run),
        JsonArray => null,
        _ when AnyCase(root, "resourceDef") => new("resource-matcher", (file, _) => ResourceMatcherForm.Run(file)),
        _ when AnyCase(root, "policyResources") => new(
            root["testCases"].Items().SelectMany(c => c.Member("tests").Items()).Any(t => Has(t, "policy"))
                ? "policy-resource-matcher-policy"
                : "policy-resource-matcher",
            (file, _) => PolicyResourceMatcherForm.Run(file)),
        _ when AnyCase(root, "servicePolicies") => new("acl", AclForm.Run),
        _ when Has(root, "serviceResources") && Has(root, "tests") => new("tag-enricher", (file, _) => TagEnricherForm.Run(file)),
        _ when Has(root, "policies") && Has(root, "serviceDef") && (Has(root, "tests") || Has(root, "testsInfo")) =>
            new("engine", EngineForm.Run),
        _ => null,
    };

    // Downloads, service definitions and the list of the files: others read them.
    private static bool IsData(JsonNode root) =>
        root is JsonArray
            ? root.Items().All(i => Has(i, "file") && Has(i, "runner"))
            : !Has(root, "tests") && !Has(root, "testCases")
                && (Has(root, "serviceResources") || Has(root, "resources") || Has(root, "policies") || Has(root, "rangerRoles")
                    || Has(root, "userGroupMapping") || Has(root, "userAttrMapping"));

    private static IEnumerable<ConformanceCase> Unknown(JsonNode root, SuiteFolder folder)
    {
        var members = root is JsonArray ? root.Items().FirstOrDefault().Members() : root.Members();
        yield return ConformanceCase.Skip(
            folder.File, $"not a form that this runner knows; its members are {string.Join(", ", members.Take(8).Select(m => m.Key))}");
    }

    private static bool AnyCase(JsonNode root, string member) => root["testCases"].Items().Any(c => Has(c, member));

    private static bool Has(JsonNode? node, string member) => node is JsonObject members && members.ContainsKey(member);
}
