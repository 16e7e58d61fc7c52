using System.Text.Json.Nodes;

namespace PolicySync.Testing;

/// <summary>One way in which an answer can be damaged on its way, or by whoever gives it.</summary>
/// <param name="Name">What was done, with the path of where: <c>drop $.members[0].value</c>.</param>
/// <param name="Body">The body that comes instead.</param>
/// <param name="MediaType">The type that it says to have.</param>
public sealed record AnswerDamage(string Name, string Body, string MediaType = "application/json")
{
    private const string Page = "<html><head><title>Sign in</title></head><body>welcome</body></html>";

    /// <summary>
    /// Every damage of one place of an answer: the whole of it replaced, or cut off, or of another question; a member dropped,
    /// null, of another type; an array emptied; an element dropped; two elements that exchange what one member holds.
    /// </summary>
    /// <param name="body">The true answer, a JSON object.</param>
    /// <param name="others">Bodies that answer other questions.</param>
    public static IEnumerable<AnswerDamage> Of(string body, params IEnumerable<string> others) =>
    [
        new("empty", ""), new("null", "null"), new("nothing", "{}"), new("array", "[]"), new("text", "\"ok\""),
        new("page", Page, "text/html"), new("page as JSON", Page),
        new("error with status 200", """{"error_code":"INTERNAL_ERROR","message":"try again"}"""),
        new("truncated in the middle", body[..(body.Length / 2)]), new("truncated at the end", body[..^1]),
        .. others.Where(other => other != body).Select((other, i) => new AnswerDamage($"another answer {i}", other)),
        .. Places(JsonNode.Parse(body)!, "$").SelectMany(path => At(body, path)),
    ];

    /// <summary>One of them by chance.</summary>
    public static AnswerDamage Any(string body, Random random, params IEnumerable<string> others)
    {
        var all = Of(body, others).ToList();
        return all[random.Next(all.Count)];
    }

    private static IEnumerable<string> Places(JsonNode? node, string path) => node switch
    {
        JsonObject item => item.SelectMany(member => Places(member.Value, $"{path}.{member.Key}").Prepend($"{path}.{member.Key}")),
        JsonArray array => array.SelectMany((element, i) => Places(element, $"{path}[{i}]").Prepend($"{path}[{i}]")),
        _ => [],
    };

    private static IEnumerable<AnswerDamage> At(string body, string path)
    {
        var node = Find(JsonNode.Parse(body)!, path);
        yield return Changed(body, $"drop {path}", path, Remove);
        yield return Changed(body, $"null {path}", path, place => Replace(place, null));
        yield return Changed(body, $"type {path}", path, place => Replace(place, node is JsonValue ? new JsonObject() : JsonValue.Create(7)));
        if (node is JsonArray { Count: > 0 })
        {
            yield return Changed(body, $"empty {path}", path, place => Replace(place, new JsonArray()));
        }

        if (node is JsonArray { Count: > 1 } elements && elements[0] is JsonObject first)
        {
            foreach (var member in first.Select(pair => pair.Key))
            {
                yield return Changed(body, $"swap {path}.{member}", path, place => Swap(place!.AsArray(), member));
            }
        }
    }

    private static AnswerDamage Changed(string body, string name, string path, Action<JsonNode?> change)
    {
        var root = JsonNode.Parse(body)!;
        var place = Find(root, path);
        if (place is null)
        {
            return new AnswerDamage(name, body); // it was null already
        }

        change(place);
        return new AnswerDamage(name, root.ToJsonString());
    }

    private static JsonNode? Find(JsonNode root, string path) => Steps(path)
        .Aggregate((JsonNode?)root, (node, step) => node is JsonArray array ? array[int.Parse(step)] : node?[step]);

    private static IEnumerable<string> Steps(string path) =>
        path[1..].Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries);

    private static void Remove(JsonNode? place)
    {
        switch (place!.Parent)
        {
            case JsonObject item: item.Remove(place.GetPropertyName()); break;
            case JsonArray array: array.RemoveAt(place.GetElementIndex()); break;
        }
    }

    private static void Replace(JsonNode? place, JsonNode? other)
    {
        switch (place!.Parent)
        {
            case JsonObject item: item[place.GetPropertyName()] = other; break;
            case JsonArray array: array[place.GetElementIndex()] = other; break;
        }
    }

    // Of the first two elements.
    private static void Swap(JsonArray array, string member)
    {
        if (array[0] is JsonObject one && array[1] is JsonObject two)
        {
            var (ofOne, ofTwo) = (one[member]?.DeepClone(), two[member]?.DeepClone());
            (one[member], two[member]) = (ofTwo, ofOne);
        }
    }
}
