using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Conformance;

/// <summary>The names that matcher tests have for groups of matches.</summary>
internal static class MatchScope
{
    /// <summary>Whether a match is in the scope; null for a scope that Ranger's own runner does not know either.</summary>
    public static bool? Holds(string? scope, ResourceMatch match)
    {
        var isSelf = match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants;
        return scope?.ToUpperInvariant() switch
        {
            "EXACTMATCH" => isSelf,
            "DESCENDANTMATCH" => match == ResourceMatch.Descendant,
            "ANCESTORMATCH" => match == ResourceMatch.Ancestor,
            "SELFORANCESTORMATCH" => isSelf || match == ResourceMatch.Ancestor,
            "SELFORDESCENDANTMATCH" => isSelf || match == ResourceMatch.Descendant,
            "SELFANDALLDESCENDANTS" or "ANYMATCH" => match != ResourceMatch.None,
            _ => null,
        };
    }
}
