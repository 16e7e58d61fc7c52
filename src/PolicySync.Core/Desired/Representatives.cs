using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Policies;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Objects that stand for all that a policy names below a container, whether such objects exist or not. A pattern is
/// stood for by a name that it matches and that nobody gives to an object, so that only policies as wide match it too;
/// and by the names that other policies leave out of a deny, for which the answer can be another.
/// </summary>
internal sealed class Representatives
{
    // U+FFFF is no character.
    private const char AnyCharacter = '\uFFFF';

    private static readonly string AnyName = new(AnyCharacter, 8);

    private readonly IReadOnlyDictionary<string, string> _container;
    private readonly ILookup<string, string> _leftOut;

    /// <param name="container">The container: level to name.</param>
    /// <param name="restrictive">The policies that can take something away below it.</param>
    public Representatives(IReadOnlyDictionary<string, string> container, IEnumerable<MatchedPolicy> restrictive)
    {
        _container = container;
        _leftOut = restrictive.SelectMany(policy => policy.Sets).SelectMany(set => set.Resources)
            .Where(resource => resource.Value.IsExcludes)
            .SelectMany(resource => resource.Value.Values.Select(value => (Level: resource.Key, Name: NameOf(value))))
            .Distinct().ToLookup(left => left.Level, left => left.Name, StringComparer.Ordinal);
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

    private IEnumerable<string> NamesAt(string level, RangerPolicyResource resource)
    {
        var names = resource.IsExcludes || resource.Values.Count == 0 ? [AnyName] : resource.Values.Select(NameOf);
        return names.Concat(_leftOut[level].Where(name => resource.IsExcludes || resource.Values.Count == 0
            || resource.Values.Exists(value => Glob.Matches(value, name, StringComparison.OrdinalIgnoreCase)))).Distinct(StringComparer.Ordinal);
    }

    private static string NameOf(string pattern) =>
        pattern.Replace("*", AnyName, StringComparison.Ordinal).Replace('?', AnyCharacter);
}
