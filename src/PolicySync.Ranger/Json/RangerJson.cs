using System.Text.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Json;

/// <summary>
/// Reads Ranger's downloads. Unknown members are ignored and scalars convert as Jackson converts them, because Ranger's
/// own files rely on it; input whose meaning would change (a value in place of a list, a null among items, a duplicate member)
/// is refused.
/// </summary>
public static class RangerJson
{
    /// <summary>Reads a policy download.</summary>
    /// <exception cref="RangerFormatException">The text is not a policy download.</exception>
    public static ServicePolicies ReadServicePolicies(ReadOnlyMemory<byte> utf8) => Read<ServicePolicies>(utf8);

    /// <summary>Reads a role download.</summary>
    /// <exception cref="RangerFormatException">The text is not a role download.</exception>
    public static RangerRoles ReadRoles(ReadOnlyMemory<byte> utf8) => Read<RangerRoles>(utf8);

    /// <summary>Reads a user-store download.</summary>
    /// <exception cref="RangerFormatException">The text is not a user-store download.</exception>
    public static RangerUserStore ReadUserStore(ReadOnlyMemory<byte> utf8) => Read<RangerUserStore>(utf8);

    /// <summary>Reads a tag download.</summary>
    /// <exception cref="RangerFormatException">The text is not a tag download.</exception>
    public static ServiceTags ReadTags(ReadOnlyMemory<byte> utf8) => Read<ServiceTags>(utf8);

    /// <summary>Reads a service definition.</summary>
    /// <exception cref="RangerFormatException">The text is not a service definition.</exception>
    public static RangerServiceDef ReadServiceDef(ReadOnlyMemory<byte> utf8) => Read<RangerServiceDef>(utf8);

    /// <summary>
    /// Reads a document of one of the types above from a stream, without ever holding its text as a whole. The stream is
    /// read to its end and stays open.
    /// </summary>
    /// <exception cref="RangerFormatException">The text is not such a document.</exception>
    public static T Read<T>(Stream utf8) => Read(() => JsonSerializer.Deserialize<T>(utf8, RangerJsonOptions.Strict), new TextPool());

    /// <summary>Reads a document of one of the types above, or a part of one, from UTF-8.</summary>
    /// <exception cref="RangerFormatException">The text is not such a document.</exception>
    public static T ReadPart<T>(ReadOnlyMemory<byte> utf8) => Read<T>(utf8);

    /// <summary>
    /// Writes a document, or a part of one, as UTF-8 on one line, so that reading it gives an equal one. Members that were not read
    /// into the model are not written, and members without a value are left out.
    /// </summary>
    public static byte[] Write<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, RangerJsonOptions.Written);

    /// <summary>Writes the same to a stream, without ever holding it as a whole.</summary>
    public static void Write<T>(T document, Stream utf8) => JsonSerializer.Serialize(utf8, document, RangerJsonOptions.Written);

    private static T Read<T>(ReadOnlyMemory<byte> utf8) => Read<T>(utf8, new TextPool());

    internal static T Read<T>(ReadOnlyMemory<byte> utf8, TextPool pool) =>
        Read(() => JsonSerializer.Deserialize<T>(WithoutMark(utf8.Span), RangerJsonOptions.Strict), pool);

    private static T Read<T>(Func<T?> read, TextPool pool)
    {
        try
        {
            return TextPool.Reading(pool, read) ?? throw new RangerFormatException("the document is null", "$");
        }
        catch (JsonException e)
        {
            throw new RangerFormatException($"not a Ranger document: {e.Message}", e.Path ?? "$", e);
        }
    }

    // Files written by some editors start with a byte-order mark, which is not part of JSON.
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) =>
        utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
}
