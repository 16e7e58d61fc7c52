using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>What the chart says of itself. <c>POLICYSYNC_UPDATE=1</c> writes README, descriptions and changes.</summary>
public sealed class ChartDocs
{
    private static readonly string Script = Path.Combine(Repository.Root, "deploy", "chart-tools", "describe.mjs");

    private static readonly Dictionary<string, string> Tools = new() { ["POLICYSYNC_TOOLS"] = Path.Combine(Repository.Root, ".run", "chart-tools") };

    [Fact]
    public async Task The_README_and_the_schemas_descriptions_are_made_from_the_comments_of_the_values()
    {
        string[] write = Environment.GetEnvironmentVariable("POLICYSYNC_UPDATE") == "1" ? ["--write"] : [];
        var counted = await Command.SucceedAsync("node", [Script, Helm.Chart, .. write], Tools);
        Assert.Matches("^[1-9][0-9]{2} values", counted);
    }

    [Theory]
    [InlineData("  # -- Pods, where autoscaling is off.\n", "", "gateway.replicas has no description")]
    [InlineData("  # -- Pods, where autoscaling is off.\n", "  # -- Pods.\n", "README.md is not what values.yaml, Chart.yaml")]
    public async Task A_comment_that_is_taken_away_or_changed_is_noticed(string comment, string instead, string words)
    {
        var folder = Directory.CreateTempSubdirectory("policysync-chart-").FullName;
        try
        {
            foreach (var name in new[] { "README.md", "Chart.yaml", "CHANGELOG.md", "values.schema.json" })
            {
                File.Copy(Path.Combine(Helm.Chart, name), Path.Combine(folder, name));
            }

            var values = await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "values.yaml"));
            Assert.Contains(comment, values, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "values.yaml"), values.Replace(comment, instead, StringComparison.Ordinal));

            var ended = await Command.RunAsync("node", [Script, folder], Tools);

            Assert.Equal(1, ended.Code);
            Assert.Contains(words, ended.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every value has a description, in the schema that editors show too, and a default or a type.</summary>
    [Fact]
    public void Every_value_is_described_in_the_schema()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Helm.Chart, "values.schema.json")))!;
        Assert.Empty(Undescribed(schema, schema, "", isDescribed: false));
    }

    /// <summary>What Artifact Hub shows. Source: artifacthub.io/docs/topics/annotations/helm.</summary>
    [Fact]
    public void The_chart_has_what_Artifact_Hub_shows()
    {
        var chart = Chart();
        Assert.All(new[] { "icon", "home", "sources", "maintainers", "keywords", "description", "kubeVersion" }, key => Assert.True(chart.Children.ContainsKey(key), key));
        var annotations = (YamlMappingNode)chart["annotations"];
        Assert.Equal("Apache-2.0", $"{annotations["artifacthub.io/license"]}");
        Assert.Equal("security", $"{annotations["artifacthub.io/category"]}");
        Assert.Equal($"{chart["version"]}".StartsWith("0.", StringComparison.Ordinal) ? "true" : "false", $"{annotations["artifacthub.io/prerelease"]}");
        Assert.True(File.Exists(Path.Combine(Helm.Chart, Path.GetFileName($"{chart["icon"]}"))));
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(Helm.Chart, "icon.svg")), StringComparison.Ordinal);
    }

    /// <summary>The chart's changelog is the home of what changed; Artifact Hub shows its newest section.</summary>
    [Fact]
    public void The_changes_that_Artifact_Hub_shows_are_those_of_the_changelogs_newest_section()
    {
        var text = $"{((YamlMappingNode)Chart()["annotations"])["artifacthub.io/changes"]}";
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var shown = ((YamlSequenceNode)stream.Documents[0].RootNode).Cast<YamlMappingNode>().Select(change => $"{change["description"]}").ToList();
        var newest = File.ReadAllText(Path.Combine(Helm.Chart, "CHANGELOG.md")).Split("\n## ")[1].Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..]).ToList();

        Assert.NotEmpty(newest);
        Assert.Equal(newest, shown);
    }

    private static YamlMappingNode Chart()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Helm.Chart, "Chart.yaml"))));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    // A described map describes its members; a map of values with descriptions of their own needs none.
    private static IEnumerable<string> Undescribed(JsonNode root, JsonNode node, string path, bool isDescribed)
    {
        var referred = node["$ref"] is { } reference ? root["definitions"]![$"{reference}"["#/definitions/".Length..]]! : node;
        var described = isDescribed || node["description"] is not null || referred["description"] is not null;
        referred = !described && referred["items"] is { } items ? items : referred; // a list of maps is described by their members
        if (referred["properties"] is JsonObject { Count: > 0 } properties)
        {
            var covers = described && properties.All(pair => pair.Value!["description"] is null);
            return properties.Where(pair => pair.Key != "global").SelectMany(pair => Undescribed(root, pair.Value!, $"{path}.{pair.Key}", covers));
        }

        return described ? [] : [path.TrimStart('.')];
    }
}
