using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>Rendered objects as JSON, as the API server reads them: plain scalars have types, quoted ones are texts.</summary>
internal static class Json
{
    public static JsonObject Of(RenderedObject item) => (JsonObject)Of(item.Root)!;

    /// <summary>The members of a node; none where there is no node.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node is JsonArray list ? list.OfType<JsonNode>() : [];

    public static string? Text(this JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    public static bool IsTrue(this JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var truth) && truth;

    public static bool IsFalse(this JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var truth) && !truth;

    /// <summary>The pod that an object makes; null where it makes none.</summary>
    public static JsonNode? PodOf(JsonObject item) => item["kind"].Text() switch
    {
        "Pod" => item["spec"],
        "Deployment" => item["spec"]?["template"]?["spec"],
        _ => null,
    };

    /// <summary>All containers of a pod, of whatever sort.</summary>
    public static IEnumerable<JsonNode> ContainersOf(JsonNode pod) =>
        pod["initContainers"].Items().Concat(pod["containers"].Items()).Concat(pod["ephemeralContainers"].Items());

    /// <summary>Puts a value at a path of names and numbers with slashes before them.</summary>
    public static void Put(this JsonNode root, string path, JsonNode? value)
    {
        var steps = path.Split('/')[1..];
        var at = steps[..^1].Aggregate(root, (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
        if (at is JsonArray items)
        {
            items[int.Parse(steps[^1], CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            at[steps[^1]] = value;
        }
    }

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create($"{pair.Key}", Of(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => OfPlain(plain.Value ?? ""),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException($"{node.NodeType}"),
    };

    private static JsonValue? OfPlain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" or "false" => JsonValue.Create(text == "true"),
        // As Kubernetes' reader has it: a number with a leading zero is octal, as in the modes of files.
        ['0', _, ..] when text.All(char.IsAsciiDigit) => JsonValue.Create(Convert.ToInt64(text, 8)),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
