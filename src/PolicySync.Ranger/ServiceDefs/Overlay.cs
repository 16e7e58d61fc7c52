using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.ServiceDefs;

/// <summary>
/// The levels of mask and filter definitions: each is the service's level of that name with what is given laid over it,
/// so that a mask definition may contain only <c>{"name":"table","matcherOptions":{"wildCard":"false"}}</c>. Place and parent
/// stay the service's; whether a policy may end at the level is only what is given, and without that it may not.
/// Source: ServiceDefUtil.normalizeDataMaskDef, mergeResourceDef.
/// </summary>
internal static class Overlay
{
    public static IReadOnlyList<RangerResourceDef> Resources(
        IReadOnlyList<RangerResourceDef> bases, IReadOnlyList<RangerResourceDef>? overlays) =>
        overlays is null
            ? []
            : [.. overlays.Select(o => bases.FirstOrDefault(b => b.Name == o.Name) is { } known ? Combine(known, o) : o)];

    public static RangerResourceDef Combine(RangerResourceDef known, RangerResourceDef over) => new()
    {
        Name = known.Name,
        Level = known.Level,
        Parent = known.Parent,
        Mandatory = over.Mandatory == true ? true : known.Mandatory,
        RecursiveSupported = over.RecursiveSupported ?? known.RecursiveSupported,
        ExcludesSupported = over.ExcludesSupported ?? known.ExcludesSupported,
        IsValidLeaf = over.IsValidLeaf,
        Matcher = string.IsNullOrEmpty(over.Matcher) ? known.Matcher : over.Matcher,
        MatcherOptions = Combine(known.MatcherOptions, over.MatcherOptions),
        AccessTypeRestrictions = over.AccessTypeRestrictions.Count > 0 ? over.AccessTypeRestrictions : known.AccessTypeRestrictions,
    };

    private static Dictionary<string, string> Combine(Dictionary<string, string> known, Dictionary<string, string> over)
    {
        var combined = new Dictionary<string, string>(known);
        foreach (var (name, value) in over)
        {
            combined[name] = value;
        }

        return combined;
    }
}
