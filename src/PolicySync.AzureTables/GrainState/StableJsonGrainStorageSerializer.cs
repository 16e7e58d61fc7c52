using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace PolicySync.AzureTables.GrainState;

/// <summary>
/// States as UTF-8 JSON. The settings are part of the stored layout: camel-case names, nulls left out, unknown members
/// skipped when read (an older build reads a newer row), text outside ASCII not escaped. What is missing keeps the value
/// that the state's constructor gives it, so new members need a default. Enums choose their names by a converter.
/// Orleans' own JSON serializers take their settings from the silo's options, which may change under stored rows.
/// </summary>
public sealed class StableJsonGrainStorageSerializer : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Settings = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,

        // The bytes are never shown in HTML; escaping every letter beyond ASCII would triple long names.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Settings));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input, Settings)
        ?? throw new JsonException("a stored grain state is the JSON word `null`");
}
