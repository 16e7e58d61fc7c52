using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Adapters.Tags;

/// <summary>A page of an entity's tags; the array is absent when empty.</summary>
internal sealed record TagPageAnswer(IReadOnlyList<TagAnswer?>? TagAssignments, string? NextPageToken)
{
    /// <summary>What no such answer has.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One tag; no value is an absent or empty one.</summary>
internal sealed record TagAnswer(string? EntityName, string? TagKey, string? TagValue);

/// <summary>What is needed of a table.</summary>
internal sealed record ColumnsAnswer(string? Name, string? FullName, IReadOnlyList<ColumnAnswer?>? Columns);

/// <summary>A column of it.</summary>
internal sealed record ColumnAnswer(string? Name, int? Position);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(TagPageAnswer))]
[JsonSerializable(typeof(ColumnsAnswer))]
internal sealed partial class TagsJson : JsonSerializerContext;
