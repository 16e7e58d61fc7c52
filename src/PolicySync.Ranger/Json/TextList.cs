using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Ranger.Json;

/// <summary>A list of texts that takes no more room than it needs: there may be millions of them. A null among them is refused.</summary>
internal sealed class TextList : JsonConverter<List<string>>
{
    [ThreadStatic]
    private static List<string>? _scratch;

    public override List<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a list is expected");
        }

        var texts = _scratch ??= [];
        texts.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(ScalarText.TextOf(ref reader) ?? throw new JsonException("an element must not be null"));
        }

        return [.. texts];
    }

    public override void Write(Utf8JsonWriter writer, List<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
