using PolicySync.Ranger.Json;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.ServiceDefs;

/// <summary>
/// The resource levels that one type of policies has, and the hierarchies that they form. What is kept once for all
/// policies is written while an engine is compiled, by one thread, and only read afterwards.
/// </summary>
internal sealed class ResourceLevels
{
    private static readonly Dictionary<string, string> PlainWildcards = new()
    {
        ["wildCard"] = "true",
        ["replaceTokens"] = "false",
        ["replaceReqExpressions"] = "false",
    };

    private readonly Dictionary<string, RangerResourceDef> _levels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MatcherOptions> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceHierarchy[]> _fitting = new(StringComparer.Ordinal);
    private ResourceLevels? _widest;

    /// <exception cref="RangerFormatException">A level has no name, or the levels run in a circle.</exception>
    public ResourceLevels(IReadOnlyList<RangerResourceDef> levels)
    {
        foreach (var level in levels)
        {
            _levels[level.Name ?? throw new RangerFormatException("a resource level has no name", "$.resources")] = level;
        }

        Hierarchies = [.. BuildHierarchies()];
    }

    /// <summary>From each root to each leaf, and to each level on the way that may be a leaf.</summary>
    public IReadOnlyList<ResourceHierarchy> Hierarchies { get; }

    /// <summary>The same levels with plain wildcards: nothing is replaced, and <c>*</c> means anything at each of them.</summary>
    public ResourceLevels Widest => _widest ??= new ResourceLevels(
        [.. _levels.Values.Select(level => Overlay.Combine(level, new() { Name = level.Name, MatcherOptions = PlainWildcards, IsValidLeaf = level.IsValidLeaf }))]);

    /// <summary>The definition of a level, null when the policies have no such level.</summary>
    public RangerResourceDef? Find(string name) => _levels.GetValueOrDefault(name);

    /// <summary>The matcher options of a level, read once for all policies.</summary>
    public MatcherOptions OptionsOf(RangerResourceDef level)
    {
        if (!_options.TryGetValue(level.Name!, out var options))
        {
            options = new MatcherOptions(level.MatcherOptions);
            _options.Add(level.Name!, options);
        }

        return options;
    }

    /// <summary>The hierarchies in which resources of some levels make sense, found once for all policies alike.</summary>
    public IReadOnlyList<ResourceHierarchy> Fitting(IReadOnlyDictionary<string, RangerPolicyResource> resources)
    {
        var key = string.Join('\n', resources.Keys);
        if (!_fitting.TryGetValue(key, out var fitting))
        {
            fitting = [.. Hierarchies.Where(h => h.HasAll(resources.Keys) && !h.HasGap(resources.ContainsKey))];
            _fitting.Add(key, fitting);
        }

        return fitting;
    }

    /// <summary>The level above, null at a root.</summary>
    public RangerResourceDef? ParentOf(RangerResourceDef level) =>
        string.IsNullOrEmpty(level.Parent) ? null : Find(level.Parent);

    /// <summary>The shortest hierarchy with all the names; null when none has them.</summary>
    public ResourceHierarchy? ShortestWith(IReadOnlyCollection<string> names)
    {
        ResourceHierarchy? shortest = null;
        foreach (var hierarchy in Hierarchies)
        {
            if (hierarchy.HasAll(names) && (shortest is null || hierarchy.Levels.Count < shortest.Levels.Count))
            {
                shortest = hierarchy;
            }
        }

        return shortest;
    }

    private IEnumerable<ResourceHierarchy> BuildHierarchies()
    {
        var parents = _levels.Values.Select(ParentOf).OfType<RangerResourceDef>().ToHashSet();
        return _levels.Values
            .Where(level => !parents.Contains(level) || level.IsValidLeaf == true)
            .Select(level => new ResourceHierarchy(PathTo(level)))
            .Concat(_levels.Count == parents.Count && _levels.Count > 0 ? throw Circle() : []);
    }

    private List<RangerResourceDef> PathTo(RangerResourceDef leaf)
    {
        var path = new List<RangerResourceDef>();
        for (var level = leaf; level is not null; level = ParentOf(level))
        {
            if (path.Count > _levels.Count)
            {
                throw Circle();
            }

            path.Add(level);
        }

        path.Reverse();
        return path;
    }

    private static RangerFormatException Circle() => new("the resource levels run in a circle", "$.resources");
}
