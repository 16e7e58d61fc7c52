using System.Text.Json.Serialization;

namespace PolicySync.Adapters.Tags;

/// <summary>A page of an entity's tags; the array is absent when empty.</summary>
internal sealed record TagPageAnswer(IReadOnlyList<TagAnswer?>? TagAssignments, string? NextPageToken);

/// <summary>One tag; no value is an absent or empty one.</summary>
internal sealed record TagAnswer(string? TagKey, string? TagValue);

/// <summary>What is needed of a table.</summary>
internal sealed record ColumnsAnswer(IReadOnlyList<ColumnAnswer?>? Columns);

/// <summary>A column of it.</summary>
internal sealed record ColumnAnswer(string? Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TagPageAnswer))]
[JsonSerializable(typeof(ColumnsAnswer))]
internal sealed partial class TagsJson : JsonSerializerContext;
