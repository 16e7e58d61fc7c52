namespace PolicySync.Ranger.Json;

/// <summary>
/// Reads many parts of documents one after the other. What costs time and memory once per document is shared by all of them. Not for
/// concurrent use.
/// </summary>
public sealed class RangerParts
{
    private readonly TextPool _pool = new();

    /// <summary>Reads a part from UTF-8, as <see cref="RangerJson.ReadPart{T}"/> does.</summary>
    /// <exception cref="RangerFormatException">The text is not such a part.</exception>
    public T Read<T>(ReadOnlyMemory<byte> utf8) => RangerJson.Read<T>(utf8, _pool);
}
