using System.Buffers;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// The securables that resources of policies name without patterns, so that nothing has to be listed to find them. Collects, then says
/// whether that was possible.
/// </summary>
internal sealed class NamedResources
{
    /// <summary>With more names than this the securables are listed.</summary>
    private const int MaxNames = 10_000;

    // Wildcards, and what begins tokens, expressions and escapes.
    private static readonly SearchValues<char> Patterns = SearchValues.Create(@"*?{}$\");

    private readonly HashSet<Securable> _named = [];
    private readonly HashSet<SecurableType> _types = [];

    /// <summary>Whether some of the securables are found by listing only.</summary>
    public bool AreOpen { get; private set; }

    /// <summary>What is named, with the containers of it.</summary>
    public IReadOnlyCollection<Securable> Named => _named;

    /// <summary>The types of securables below schemas, and outside catalogs, that can be concerned.</summary>
    public IReadOnlySet<SecurableType> Types => _types;

    /// <summary>Notes that anything of any type below the containers can be concerned.</summary>
    public void AddAny()
    {
        AreOpen = true;
        _types.UnionWith(SecurableTypes.InSchema);
    }

    /// <summary>Adds a set of resources.</summary>
    /// <param name="resources">Level to values.</param>
    /// <param name="withBelow">Whether what lies below is concerned too.</param>
    public void Add(IReadOnlyDictionary<string, RangerPolicyResource> resources, bool withBelow)
    {
        if (TypeOf(resources) is not { } type)
        {
            return; // a set with an unknown level, or without its containers, matches nothing
        }

        if (type.IsContainer() && withBelow)
        {
            AddAny();
            return;
        }

        if (!type.IsContainer())
        {
            _types.Add(type);
        }

        var values = type.Levels().Select(level => resources[level]).ToList();
        if (AreOpen || !values.TrueForAll(IsLiteral) || values.Aggregate(1L, (count, level) => count * level.Values.Count) + _named.Count > MaxNames)
        {
            AreOpen = true;
            return;
        }

        foreach (var securable in Names(values).Where(names => names.TrueForAll(name => SecurableName.Fault(name) is null)).Select(names => Securable.Of(type, names)))
        {
            _named.Add(securable);
            _named.UnionWith(securable.Parents);
        }
    }

    // Of the last level; a column means its table.
    private static SecurableType? TypeOf(IReadOnlyDictionary<string, RangerPolicyResource> resources)
    {
        var levels = resources.Keys.Where(level => level != RangerResources.Column).ToHashSet(StringComparer.Ordinal);
        return Enum.GetValues<SecurableType>().Where(type => levels.SetEquals(type.Levels())).Cast<SecurableType?>().FirstOrDefault();
    }

    /// <summary>Whether a level has names only, no pattern.</summary>
    internal static bool IsLiteral(RangerPolicyResource level) => !level.IsExcludes && !level.IsRecursive && level.Values.Count > 0
        && level.Values.TrueForAll(static value => value.AsSpan().IndexOfAny(Patterns) < 0);

    private static IEnumerable<List<string>> Names(List<RangerPolicyResource> levels) => levels.Aggregate(
        (IEnumerable<List<string>>)[[]], static (names, level) => names.SelectMany(before => level.Values.Select(value => (List<string>)[.. before, value])));
}
