namespace PolicySync.Ranger.Conformance;

/// <summary>The names that matcher tests have for groups of matches.</summary>
internal static class MatchScope
{
    /// <summary>Whether a match is in the scope; null for a scope that Ranger's own runner does not know either.</summary>
    public static bool? Holds(string? scope, ResourceMatch match)
    {
        var isSelf = match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants;
        return scope switch
        {
            "exactMatch" => isSelf,
            "descendantMatch" => match == ResourceMatch.Descendant,
            "ancestorMatch" => match == ResourceMatch.Ancestor,
            "selfOrAncestorMatch" => isSelf || match == ResourceMatch.Ancestor,
            "selfOrDescendantMatch" => isSelf || match == ResourceMatch.Descendant,
            "selfAndAllDescendants" or "anyMatch" => match != ResourceMatch.None,
            _ => null,
        };
    }
}
