using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>
/// Values of the chart that tests render: the files in <c>values/</c>, and the blocks of the documentation that are values
/// of the chart. The first file is a whole installation; examples that are not whole themselves are laid on it.
/// </summary>
internal sealed record Example(string Name, IReadOnlyList<string> Files)
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "PolicySync.Deploy.Tests", "values");

    private static readonly string Base = Path.Combine(Folder, "01-split-token.yaml");

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<RenderedObject>>>> Rendered = new(StringComparer.Ordinal);

    public static IReadOnlyList<Example> All { get; } = [.. FromFiles(), .. FromDocs()];

    public static TheoryData<string> Names => [.. All.Select(example => example.Name)];

    public static Example Of(string name) => All.Single(example => example.Name == name);

    /// <summary>What the pinned Helm makes of it. Each example is rendered once.</summary>
    public Task<IReadOnlyList<RenderedObject>> ObjectsAsync() =>
        Rendered.GetOrAdd(Name, _ => new(() => Helm.ObjectsAsync(Files))).Value;

    private static IEnumerable<Example> FromFiles() =>
        Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).Select(file => Laid(Path.GetFileName(file), file));

    private static IEnumerable<Example> FromDocs()
    {
        var known = JsonNode.Parse(File.ReadAllText(Path.Combine(Helm.Chart, "values.schema.json")))!["properties"]!.AsObject().Select(pair => pair.Key).ToHashSet();
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "examples")).FullName;
        foreach (var page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md")).Order(StringComparer.Ordinal))
        {
            var number = 0;
            foreach (var block in Blocks(File.ReadAllText(page)).Where(block => Map(block) is { } map && map.Children.Keys.All(key => known.Contains($"{key}"))))
            {
                var name = $"{Path.GetFileNameWithoutExtension(page).ToLowerInvariant()}-{++number}.yaml";
                var file = Path.Combine(folder, name);
                File.WriteAllText(file, block);
                yield return Laid(name, file);
            }
        }
    }

    private static IEnumerable<string> Blocks(string page) =>
        page.Split("```yaml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]);

    private static YamlMappingNode? Map(string block)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(block));
        return stream.Documents is [{ RootNode: YamlMappingNode { Children.Count: > 0 } map }] ? map : null;
    }

    private static Example Laid(string name, string file)
    {
        var root = Map(File.ReadAllText(file))!;
        return new(name, IsWhole(root) ? [file] : [Base, file]);
    }

    // A whole installation says which workspace and whose tokens.
    private static bool IsWhole(YamlMappingNode values) =>
        values.Children.ContainsKey("tokenKeys")
        && values.Children.TryGetValue("config", out var config) && config is YamlMappingNode settings
        && settings.Children.TryGetValue("Workspace", out var workspace) && workspace is YamlMappingNode named && named.Children.ContainsKey("Host");
}
