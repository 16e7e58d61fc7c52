using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Conformance;

/// <summary>Reads Ranger's test files.</summary>
internal static class TestJson
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        AllowDuplicateProperties = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    public static JsonNode Read(string file) => Parse(File.ReadAllText(file));

    // A document keeps repeated names where a JsonObject would refuse them; the last one counts, as in Gson.
    public static JsonNode Parse(string text)
    {
        using var document = JsonDocument.Parse(GsonText.ToJson(text), Lenient);
        return Copy(document.RootElement) ?? throw new JsonException("the file is null");
    }

    public static T As<T>(this JsonNode node) =>
        node.Deserialize<T>(RangerJsonOptions.Lenient) ?? throw new JsonException($"no {typeof(T).Name}");

    public static T? AsOrNull<T>(this JsonNode? node)
        where T : class => node.Deserialize<T>(RangerJsonOptions.Lenient);

    public static string? Text(this JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        null => null,
        _ => node.ToJsonString(),
    };

    public static JsonNode? Member(this JsonNode? node, string name) =>
        node is JsonObject members && members.TryGetPropertyValue(name, out var member) ? member : null;

    public static bool Flag(this JsonNode? node) => node is not null && node.GetValueKind() == JsonValueKind.True;

    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node is JsonArray array ? array.OfType<JsonNode>() : [];

    public static IEnumerable<KeyValuePair<string, JsonNode?>> Members(this JsonNode? node) =>
        node is JsonObject members ? members : Enumerable.Empty<KeyValuePair<string, JsonNode?>>();

    public static List<string> Texts(this JsonNode? node) => [.. node.Items().Select(i => i.Text()!)];

    /// <summary>A requested resource in the form <c>{"elements": {level: value or values}, "ownerUser": …}</c>.</summary>
    public static RangerResource Resource(JsonNode? node)
    {
        var elements = node?["elements"].Members().Where(m => m.Value is not null).ToDictionary(
            m => m.Key,
            m => (IReadOnlyList<string>)(m.Value is JsonArray ? m.Value.Texts() : [m.Value.Text()!])) ?? [];
        return new RangerResource(elements, node?["ownerUser"].Text());
    }

    private static JsonNode? Copy(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => CopyObject(element),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Copy)]),
        JsonValueKind.Null => null,
        _ => JsonNode.Parse(element.GetRawText()),
    };

    private static JsonObject CopyObject(JsonElement element)
    {
        var copy = new JsonObject();
        foreach (var member in element.EnumerateObject())
        {
            copy[member.Name] = Copy(member.Value);
        }

        return copy;
    }
}
