using PolicySync.Core.Policies;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;
using PolicySync.Ranger.Zones;

namespace PolicySync.Core.Desired;

/// <summary>
/// Objects that represent everything a policy names below a container, whether or not such objects exist. Each pattern is
/// represented by a synthetic name that it matches and no object has, so that only equally wide policies match it too. Names
/// for which the answer can differ represent it as well: those that another policy excludes from a deny, those of a security
/// zone, and those of tagged objects.
/// </summary>
internal sealed class Representatives
{
    // U+FFFF is not a character, so no object has it in its name.
    private const char AnyCharacter = '\uFFFF';

    private static readonly string AnyName = new(AnyCharacter, 8);

    /// <summary>Largest number of names of tagged objects for each level, which bounds the work where many are tagged.</summary>
    private const int MaxTagged = 100;

    private readonly IReadOnlyDictionary<string, string> _container;
    private readonly ILookup<string, string> _apart;

    /// <param name="container">The container: level to name.</param>
    /// <param name="policies">The policies at or below it; of resource policies, those that can take access away.</param>
    /// <param name="zones">The security zones at or below it.</param>
    public Representatives(IReadOnlyDictionary<string, string> container, IEnumerable<MatchedPolicy> policies, IReadOnlyList<ZoneMatch> zones)
    {
        var known = policies.ToLookup(policy => policy.Tag is not null);
        var tagged = known[true].Where(policy => policy.Match == ResourceMatch.Descendant).SelectMany(policy => policy.Sets)
            .SelectMany(set => set.Resources).GroupBy(resource => resource.Key).SelectMany(level => level.DistinctBy(resource =>
                string.Join('\0', resource.Value.Values)).Take(MaxTagged));
        _container = container;
        _apart = known[false].SelectMany(policy => policy.Sets).SelectMany(set => set.Resources)
            .Where(resource => resource.Value.IsExcludes).Concat(tagged).Concat(zones.SelectMany(zone => zone.Set.Resources))
            .SelectMany(resource => resource.Value.Values.Select(value => (Level: resource.Key, Pattern: value)))
            .Where(apart => apart.Pattern is not ("" or "*")).Distinct()
            .ToLookup(apart => apart.Level, apart => apart.Pattern, StringComparer.Ordinal);
    }

    /// <summary>Objects for one set of resources: level to name.</summary>
    public IEnumerable<Dictionary<string, string>> Of(MatchedResourceSet set)
    {
        var level = RangerResources.LevelOf(set);
        IEnumerable<Dictionary<string, string>> objects = [new(_container, StringComparer.Ordinal)];
        foreach (var (name, resource) in set.Resources)
        {
            var isTheTable = name == RangerResources.Column && level != RangerResources.Column;
            if (!isTheTable && !_container.ContainsKey(name))
            {
                objects = objects.SelectMany(above => NamesAt(name, resource).Select(value =>
                    new Dictionary<string, string>(above, StringComparer.Ordinal) { [name] = value }));
            }
        }

        return objects;
    }

    /// <summary>Representatives of everything at a level directly in an object.</summary>
    public IEnumerable<Dictionary<string, string>> In(IReadOnlyDictionary<string, string> elements, string level) =>
        NamesIn(level).Select(name => new Dictionary<string, string>(elements, StringComparer.Ordinal) { [level] = name });

    /// <summary>Representatives of everything below an object, columns of its tables included.</summary>
    /// <param name="elements">The object: level to name.</param>
    /// <param name="level">Its level.</param>
    /// <param name="goesInto">Whether to descend into a representative.</param>
    public IEnumerable<(Dictionary<string, string> Elements, string Level)> AllBelow(
        IReadOnlyDictionary<string, string> elements, string level, Func<Dictionary<string, string>, bool> goesInto) =>
        RangerResources.LevelsIn(level).SelectMany(inner => In(elements, inner)
            .SelectMany(below => (goesInto(below) ? AllBelow(below, inner, goesInto) : []).Prepend((below, inner))));

    /// <summary>A key that identifies an object of a level.</summary>
    public static string KeyOf(IReadOnlyDictionary<string, string> elements, string level) => string.Join('\0',
        elements.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}").Prepend(level));

    private IEnumerable<string> NamesIn(string level) =>
        _apart[level].Select(NameOf).Prepend(AnyName).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> NamesAt(string level, RangerPolicyResource resource)
    {
        if (resource.IsExcludes || resource.Values.Count == 0)
        {
            return NamesIn(level);
        }

        return resource.Values.Select(NameOf)
            .Concat(_apart[level].SelectMany(apart => resource.Values.SelectMany(value => Common(value, apart))))
            .Distinct(StringComparer.Ordinal);
    }

    // Names that both patterns match. For some rare pairs this finds none.
    private static IEnumerable<string> Common(string left, string right) =>
        new[] { NameOf(left), NameOf(right), StartOf(left) + AnyName + EndOf(right), StartOf(right) + AnyName + EndOf(left) }
            .Where(name => Matches(left, name) && Matches(right, name));

    private static string StartOf(string pattern) => NameOf(pattern[..(pattern.IndexOf('*') + 1)]).TrimEnd(AnyCharacter);

    private static string EndOf(string pattern) => NameOf(pattern[(pattern.LastIndexOf('*') + 1)..]);

    private static bool Matches(string pattern, string name) => Wildcard.IsGlobMatch(JavaText.Fold(name), JavaText.Fold(pattern));

    private static string NameOf(string pattern) =>
        pattern.Replace("*", AnyName, StringComparison.Ordinal).Replace('?', AnyCharacter);
}
