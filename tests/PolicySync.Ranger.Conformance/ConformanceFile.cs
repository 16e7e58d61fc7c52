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

    /// <summary>
    /// Runs the cases. A file without cases, which others read, has none; one of a form that is none of ours is one
    /// skipped case that says so.
    /// </summary>
    public IReadOnlyList<ConformanceCase> Run()
    {
        try
        {
            return [.. Run(TestJson.Read(Path.Combine(_folder, Name)))];
        }
        catch (Exception e) when (e is JsonException or RangerFormatException or InvalidOperationException)
        {
            return [new(Name, CaseStatus.Failed, $"{e.GetType().Name}: {e.Message}")];
        }
    }

    private IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        var first = root is JsonObject ? root["testCases"].Items().FirstOrDefault() : null;
        return root switch
        {
            JsonArray => Has(root.Items().FirstOrDefault(), "validitySchedules") ? ValidityForm.Run(root) : Unknown(),
            _ when Has(first, "resourceDef") => ResourceMatcherForm.Run(root),
            _ when Has(first, "policyResources") => PolicyResourceMatcherForm.Run(root),
            _ when Has(first, "servicePolicies") => AclForm.Run(root, _folder),
            _ when Has(root, "serviceResources") && Has(root, "tests") => TagEnricherForm.Run(root),
            _ when Has(root, "policies") && Has(root, "tests") => EngineForm.Run(root, _folder),
            _ when Has(root, "serviceResources") || Has(root, "resources") => [],
            _ => Unknown(),
        };
    }

    private IEnumerable<ConformanceCase> Unknown() => [ConformanceCase.Skip(Name, "not a form that this runner knows")];

    private static bool Has(JsonNode? node, string member) => node is JsonObject members && members.ContainsKey(member);
}
