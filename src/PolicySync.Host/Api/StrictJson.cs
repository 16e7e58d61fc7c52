using System.Text.Json;
using System.Text.Unicode;

namespace PolicySync.Host.Api;

/// <summary>
/// Reads JSON that means the same to every reader: UTF-8, no name twice in an object, no text that is not Unicode,
/// nothing after the value, nesting of at most <see cref="MaxDepth"/>. What two parsers could read differently is
/// refused rather than guessed.
/// </summary>
internal static class StrictJson
{
    public const int MaxDepth = 32;

    /// <summary>The document, and its faults; null when it cannot be read at all.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, FaultList faults)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (utf8.Span.StartsWith(byteOrderMark))
        {
            utf8 = utf8[byteOrderMark.Length..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            faults.Add(JsonPointer.Root, "is not valid UTF-8");
            return null;
        }

        try
        {
            return IsReadable(utf8.Span, faults) ? JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth }) : null;
        }
        catch (JsonException e)
        {
            faults.Add(JsonPointer.Root, utf8.IsEmpty ? "is empty" : $"is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            return null;
        }
    }

    /// <summary>Walks all tokens once. False when what follows could not be read by members.</summary>
    private static bool IsReadable(ReadOnlySpan<byte> utf8, FaultList faults)
    {
        // One level more than allowed, so that the fault is ours to name.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        var open = new Stack<Container>();
        var readable = true;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    continue;
                case JsonTokenType.PropertyName:
                    readable &= Name(ref reader, open, faults);
                    continue;
                case JsonTokenType.String when TextOf(ref reader) is null:
                    NextValue(open);
                    faults.Add(PointerTo(open), "is not Unicode text: it holds half of a surrogate pair");
                    readable = false;
                    continue;
                default:
                    NextValue(open);
                    break;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (open.Count == MaxDepth)
                {
                    faults.Add(PointerTo(open), $"is nested deeper than {MaxDepth} levels");
                    return false;
                }

                open.Push(new Container(reader.TokenType == JsonTokenType.StartArray));
            }
        }

        return readable;
    }

    private static bool Name(ref Utf8JsonReader reader, Stack<Container> open, FaultList faults)
    {
        var container = open.Peek();
        container.Name = TextOf(ref reader);
        if (container.Name is null)
        {
            container.Name = "";
            faults.Add(PointerTo(open), "follows a name that is not Unicode text: it holds half of a surrogate pair");
            return false;
        }

        if (!container.Names.Add(container.Name))
        {
            faults.Add(PointerTo(open), "stands more than once in its object");
        }

        return true;
    }

    private static void NextValue(Stack<Container> open)
    {
        if (open.TryPeek(out var container) && container.IsArray)
        {
            container.Index++;
        }
    }

    /// <summary>The text of a string or name; null when its escapes do not make Unicode text.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            // Text without escapes was judged with the whole document and need not be copied out, unless it is a name.
            return reader.ValueIsEscaped || reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : "";
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string PointerTo(Stack<Container> open) => open.Reverse().Aggregate(JsonPointer.Root, (pointer, container) =>
        container.IsArray ? JsonPointer.Element(pointer, container.Index) : JsonPointer.Member(pointer, container.Name ?? ""));

    private sealed class Container(bool isArray)
    {
        private HashSet<string>? _names;

        public bool IsArray => isArray;

        public int Index { get; set; } = -1;

        public string? Name { get; set; } = "";

        public HashSet<string> Names => _names ??= new HashSet<string>(StringComparer.Ordinal);
    }
}
