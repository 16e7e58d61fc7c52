using System.Text.Json;
using System.Text.Unicode;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>
/// Reads JSON that every parser reads the same way: UTF-8, no duplicate property names, only Unicode text, nothing after the value,
/// and nesting of at most <see cref="MaxDepth"/>. Anything else is refused.
/// </summary>
internal static class StrictJson
{
    public const int MaxDepth = 32;

    /// <summary>Parses a document and adds its faults. Null when it cannot be read at all.</summary>
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

    /// <summary>Reads all tokens once. False when the document cannot be read member by member.</summary>
    private static bool IsReadable(ReadOnlySpan<byte> utf8, FaultList faults)
    {
        // One level more than allowed, so that this method reports the fault.
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
            faults.Add(PointerTo(open), "is a duplicate property name");
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

    /// <summary>Returns the text of a string or name; null when its escapes are not Unicode text.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            // Text without escapes was checked with the whole document and need not be copied, unless it is a name.
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
