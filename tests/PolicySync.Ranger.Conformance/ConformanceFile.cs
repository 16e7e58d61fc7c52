using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>One file of Ranger's suites: what it tests is told by its content, whatever it is called.</summary>
public sealed class ConformanceFile
{
    private readonly string _folder;

    internal ConformanceFile(string folder, string name)
    {
        _folder = folder;
        Name = name;
    }

    /// <summary>Name relative to the folder, with slashes.</summary>
    public string Name { get; }

    /// <summary>Runs the cases. Support files, and forms that are none of ours, are one skipped case that says so.</summary>
    public IReadOnlyList<ConformanceCase> Run()
    {
        try
        {
            return [.. RunForm(TestJson.Read(Path.Combine(_folder, Name)))];
        }
        catch (Exception e) when (e is JsonException or RangerFormatException or InvalidOperationException)
        {
            return [new(Name, CaseStatus.Failed, $"{e.GetType().Name}: {e.Message}")];
        }
    }

    private IEnumerable<ConformanceCase> RunForm(JsonNode root) => FormOf(root) switch
    {
        "resource-matcher" => ResourceMatcherForm.Run(root),
        "policy-resource-matcher" => PolicyResourceMatcherForm.Run(root),
        "engine" => EngineForm.Run(root, _folder),
        "acl" => AclForm.Run(root, _folder),
        "validity" => ValidityForm.Run(root),
        "tag-enricher" => TagEnricherForm.Run(root),
        var form => [ConformanceCase.Skip(Name, form)],
    };

    private static string FormOf(JsonNode root)
    {
        if (root is JsonArray)
        {
            return root.Items().Any(i => i is JsonObject && i["validitySchedules"] is not null) ? "validity" : "not a form that this runner knows";
        }

        var first = root["testCases"].Items().FirstOrDefault();
        return first?["resourceDef"] is not null ? "resource-matcher"
            : first?["policyResources"] is not null ? "policy-resource-matcher"
            : first?["servicePolicies"] is not null ? "acl"
            : root["serviceResources"] is not null && root["tests"] is not null ? "tag-enricher"
            : root["policies"] is not null && root["tests"] is not null ? "engine"
            : "not a form that this runner knows";
    }
}
