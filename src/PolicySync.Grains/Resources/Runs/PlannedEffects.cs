using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>Effects of plans as they travel, in their stored form.</summary>
internal static class PlannedEffects
{
    private static readonly JsonSerializerOptions Format = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The effect of a step that changes nothing.</summary>
    public static string None { get; } = Write(new PlannedEffect(""));

    public static string Write(PlannedEffect effect) => JsonSerializer.Serialize(effect, Format);

    /// <summary>The effect in a reply; null when there is none.</summary>
    public static PlannedEffect? Read(string? effect) => effect is null ? null : JsonSerializer.Deserialize<PlannedEffect>(effect, Format);

    /// <summary>
    /// An effect with the changes of a step on a container. The container's own result has its users. Null when one of both is missing,
    /// as a silo of an earlier build does not know plans.
    /// </summary>
    public static string? WithDigestOf(string? effect, string? onContainer) =>
        Read(effect) is { } own && Read(onContainer) is { } above ? Write(own with { Digest = ChangeDigest.Union(own.Digest, above.Digest) }) : null;
}
