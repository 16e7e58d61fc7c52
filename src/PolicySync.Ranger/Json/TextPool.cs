using System.Text.Json;

namespace PolicySync.Ranger.Json;

/// <summary>
/// Gives equal short texts of one document as one string. Documents name the same groups, levels and access types
/// over and over: 100,000 policies or a million users take less than half of the memory so. What it remembers has a fixed
/// size, so that texts that never come again cost nothing that lasts.
/// </summary>
internal sealed class TextPool
{
    private const int Slots = 1 << 15;
    private const int MaxLength = 64;

    [ThreadStatic]
    private static TextPool? _current;

    private readonly string?[] _texts = new string?[Slots];

    /// <summary>Reads a document, or a part of one, on this thread with a pool.</summary>
    public static T Reading<T>(TextPool pool, Func<T> read)
    {
        var before = _current;
        _current = pool;
        try
        {
            return read();
        }
        finally
        {
            _current = before;
        }
    }

    /// <summary>The reader's current text.</summary>
    public static string TextOf(ref Utf8JsonReader reader)
    {
        if (_current is not { } pool || reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > MaxLength)
        {
            return reader.GetString()!;
        }

        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan);
        ref var slot = ref pool._texts[hash.ToHashCode() & (Slots - 1)];
        return slot is { } text && reader.ValueTextEquals(text) ? text : slot = reader.GetString()!;
    }
}
