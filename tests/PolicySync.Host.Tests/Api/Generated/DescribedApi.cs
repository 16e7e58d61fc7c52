using System.Globalization;
using System.Text.Json;

namespace PolicySync.Host.Tests.Api.Generated;

/// <summary>One operation of the OpenAPI document.</summary>
internal sealed record DescribedOperation(string Method, string Path, JsonElement Definition)
{
    public string Id => Definition.GetProperty("operationId").GetString()!;

    public IReadOnlyList<JsonElement> Parameters { get; } =
        Definition.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

    /// <summary>The schema of the body; null when there is none.</summary>
    public JsonElement? Body => Definition.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").GetProperty("application/json").GetProperty("schema")
        : null;

    /// <summary>What the document says of an answer; null when it does not have the status.</summary>
    public JsonElement? Answer(int status) =>
        Definition.GetProperty("responses").TryGetProperty(status.ToString(CultureInfo.InvariantCulture), out var answer) ? answer : null;
}

/// <summary>What the OpenAPI document says: operations, and whether a value is as a schema has it.</summary>
internal sealed class DescribedApi(JsonElement document)
{
    public IReadOnlyList<DescribedOperation> Operations { get; } =
    [
        .. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Select(operation => new DescribedOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value))),
    ];

    /// <summary>A schema, where it is a reference the one that is meant.</summary>
    public JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!["#/components/schemas/".Length..])
        : schema;

    /// <summary>How a value differs from a schema, each with its place. A member that the schema does not have is a difference.</summary>
    public IEnumerable<string> Differences(JsonElement schema, JsonElement value, string place = "")
    {
        schema = Resolve(schema);
        if (!schema.TryGetProperty("type", out var type))
        {
            return [];
        }

        return type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object ? OfObject(schema, value, place) : [$"{place} is not an object"],
            "array" => value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().SelectMany((item, at) => Differences(schema.GetProperty("items"), item, $"{place}/{at}"))
                : [$"{place} is not an array"],
            "string" => value.ValueKind == JsonValueKind.String ? OfText(schema, value, place) : [$"{place} is not text"],
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) ? [] : [$"{place} is not a whole number"],
            "number" => value.ValueKind == JsonValueKind.Number ? [] : [$"{place} is not a number"],
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : [$"{place} is not true or false"],
            var other => [$"{place}: the document has the type {other}, which this test does not know"],
        };
    }

    private IEnumerable<string> OfObject(JsonElement schema, JsonElement value, string place)
    {
        var properties = schema.TryGetProperty("properties", out var named) ? named : default;
        var open = schema.TryGetProperty("additionalProperties", out var others) ? others : (JsonElement?)null;
        foreach (var member in value.EnumerateObject())
        {
            var known = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out var own) ? own : open;
            var here = $"{place}/{member.Name}";
            foreach (var difference in known is { } form ? Differences(form, member.Value, here) : [$"{here} is not in the document"])
            {
                yield return difference;
            }
        }

        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
            {
                yield return $"{place}/{name} is absent";
            }
        }
    }

    private static IEnumerable<string> OfText(JsonElement schema, JsonElement value, string place)
    {
        var text = value.GetString()!;
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(known => known.GetString() == text))
        {
            yield return $"{place} has `{text}`, which the document does not list";
        }

        if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time"
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _))
        {
            yield return $"{place} has `{text}`, which is not a time";
        }
    }
}
