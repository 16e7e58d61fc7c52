using System.Text.Json.Nodes;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conformance;

/// <summary>The tags that a test request brings along: JSON inside the text of <c>context.TAGS</c>, as Gson reads it.</summary>
internal static class RequestTags
{
    /// <summary>The tags; null when the request brings none along, so that those of the engine count.</summary>
    public static IReadOnlyList<ResourceTag>? Read(JsonNode? context)
    {
        if (context?["TAGS"].Text() is not { } text)
        {
            return null;
        }

        return string.IsNullOrWhiteSpace(text) ? [] : [.. TestJson.Parse(text).Items().Select(Tag)];
    }

    private static ResourceTag Tag(JsonNode tag) => new(
        tag["type"].Text() ?? "",
        tag["attributes"].AsOrNull<Dictionary<string, string>>() ?? [],
        ValidityPeriods(tag),
        MatchOf(tag["matchType"].Text()));

    private static List<RangerValiditySchedule> ValidityPeriods(JsonNode tag) =>
        tag["validityPeriods"].AsOrNull<List<RangerValiditySchedule>>()
        ?? (tag["options"]?["TAG_VALIDITY_PERIODS"].Text() is { } text ? TestJson.Parse(text).As<List<RangerValiditySchedule>>() : []);

    private static ResourceMatch MatchOf(string? name) => name switch
    {
        "SELF_AND_ALL_DESCENDANTS" => ResourceMatch.SelfAndAllDescendants,
        "DESCENDANT" => ResourceMatch.Descendant,
        "ANCESTOR" => ResourceMatch.Ancestor,
        "NONE" => ResourceMatch.None,
        _ => ResourceMatch.Self,
    };
}
