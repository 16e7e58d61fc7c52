using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Core.Records;

/// <summary>
/// The JSON of stored grain states. The settings are part of the stored layout (docs/storage.md): camel-case names, no nulls, text outside
/// ASCII unescaped. Unknown members are skipped, so an older build reads a newer row; missing members keep the value that the constructor
/// gives them.
/// </summary>
public static class StoredJson
{
    /// <summary>The settings.</summary>
    public static JsonSerializerOptions Settings { get; } = Create();

    /// <summary>Gives other options these settings.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.IncludeFields = false;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // never shown as HTML; escaping would triple long names
    }

    /// <summary>Writes a state.</summary>
    public static string Write<T>(T state) => JsonSerializer.Serialize(state, Settings);

    /// <summary>Reads a state.</summary>
    /// <exception cref="JsonException">The text is no such state.</exception>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Settings) ?? throw new JsonException("a state is the JSON literal `null`");

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions();
        Apply(options);
        return options;
    }
}
