using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Adapters.Tags;

/// <summary>A page of an entity's tags; the array is absent when empty.</summary>
internal sealed record TagPageAnswer(IReadOnlyList<TagAnswer?>? TagAssignments, string? NextPageToken)
{
    /// <summary>Members that no such answer has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One tag; its value may be absent or empty.</summary>
internal sealed record TagAnswer(string? EntityName, string? TagKey, string? TagValue);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(TagPageAnswer))]
internal sealed partial class TagsJson : JsonSerializerContext;
