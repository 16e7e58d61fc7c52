using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Ranger.Json;

/// <summary>
/// A time: epoch milliseconds on the wire, text in plugin caches and test files (Ranger's JsonUtils). It informs people
/// and decides nothing, so text in another form reads as no time at all.
/// </summary>
internal sealed class RangerDate : JsonConverter<DateTimeOffset?>
{
    private static readonly string[] Forms =
        ["yyyyMMdd-HH:mm:ss.fffzzz", "yyyyMMdd-HH:mm:ss.fff-zzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt64(out var millis) => FromMillis(millis),
            JsonTokenType.String => Parse(reader.GetString()!),
            _ => throw new JsonException("a time is expected"),
        };

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value!.Value.ToUnixTimeMilliseconds());

    /// <summary>Reads one of the textual forms; <c>+0000</c> is accepted where .NET writes <c>+00:00</c>.</summary>
    internal static DateTimeOffset? Parse(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var millis) ? FromMillis(millis)
        : DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : null;

    private static DateTimeOffset? FromMillis(long millis) =>
        millis >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && millis <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(millis)
            : null;
}
