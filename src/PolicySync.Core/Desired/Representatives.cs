using PolicySync.Core.Policies;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;
using PolicySync.Ranger.Zones;

namespace PolicySync.Core.Desired;

/// <summary>
/// Objects that stand for all that a policy names below a container, whether such objects exist or not. A pattern is
/// stood for by a name that it matches and that nobody gives to an object, so that only policies as wide match it too;
/// and by the names that other policies leave out of a deny, that a security zone has for its own, or that carry tags, for
/// which the answer can be another.
/// </summary>
internal sealed class Representatives
{
    // U+FFFF is no character.
    private const char AnyCharacter = '\uFFFF';

    private static readonly string AnyName = new(AnyCharacter, 8);

    /// <summary>Names of tagged objects that are looked at for each level, so that many tags do not make it long.</summary>
    private const int MaxTagged = 100;

    private readonly IReadOnlyDictionary<string, string> _container;
    private readonly ILookup<string, string> _apart;

    /// <param name="container">The container: level to name.</param>
    /// <param name="policies">The policies at or below it: of those for resources, the ones that can take something away.</param>
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

    /// <summary>Whatever may lie at a level directly in an object.</summary>
    public IEnumerable<Dictionary<string, string>> In(IReadOnlyDictionary<string, string> elements, string level) =>
        NamesIn(level).Select(name => new Dictionary<string, string>(elements, StringComparer.Ordinal) { [level] = name });

    /// <summary>Whatever may lie below an object, columns of its tables included.</summary>
    /// <param name="elements">The object: level to name.</param>
    /// <param name="level">Its level.</param>
    /// <param name="goesInto">Whether to look into what is found.</param>
    public IEnumerable<(Dictionary<string, string> Elements, string Level)> AllBelow(
        IReadOnlyDictionary<string, string> elements, string level, Func<Dictionary<string, string>, bool> goesInto) =>
        RangerResources.LevelsIn(level).SelectMany(inner => In(elements, inner)
            .SelectMany(below => (goesInto(below) ? AllBelow(below, inner, goesInto) : []).Prepend((below, inner))));

    /// <summary>Tells objects of a level apart.</summary>
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

    // Names that two patterns match both; of some rare pairs none is found.
    private static IEnumerable<string> Common(string left, string right) =>
        new[] { NameOf(left), NameOf(right), StartOf(left) + AnyName + EndOf(right), StartOf(right) + AnyName + EndOf(left) }
            .Where(name => Matches(left, name) && Matches(right, name));

    private static string StartOf(string pattern) => NameOf(pattern[..(pattern.IndexOf('*') + 1)]).TrimEnd(AnyCharacter);

    private static string EndOf(string pattern) => NameOf(pattern[(pattern.LastIndexOf('*') + 1)..]);

    private static bool Matches(string pattern, string name) => Wildcard.IsGlobMatch(JavaText.Fold(name), JavaText.Fold(pattern));

    private static string NameOf(string pattern) =>
        pattern.Replace("*", AnyName, StringComparison.Ordinal).Replace('?', AnyCharacter);
}
