using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Matching;

/// <summary>
/// Matches one set of policy resources with a requested resource. Follows Ranger's
/// RangerDefaultPolicyResourceMatcher.getMatchType.
/// </summary>
public sealed class PolicyResourceMatcher
{
    private readonly ResourceLevels _levels;
    private readonly IReadOnlyDictionary<string, RangerPolicyResource> _resources;
    private readonly Dictionary<string, ValueMatcher> _matchers = new(StringComparer.Ordinal);
    private readonly ResourceHierarchy? _onlyHierarchy;

    internal PolicyResourceMatcher(ResourceLevels levels, IReadOnlyDictionary<string, RangerPolicyResource> resources)
    {
        _levels = levels;
        _resources = resources;

        IReadOnlyList<ResourceHierarchy> hierarchies = resources.Count == 0 ? [] : levels.Fitting(resources);
        if (hierarchies.Count == 0)
        {
            return;
        }

        _onlyHierarchy = hierarchies.Count == 1 ? hierarchies[0] : null;
        foreach (var (name, resource) in resources)
        {
            var level = levels.Find(name)!;
            _matchers.Add(name, ValueMatcher.Create(level.Matcher, levels.OptionsOf(level), resource));
        }

        // Resources without a gap name the first levels of their hierarchy.
        DeepestLevel = hierarchies[0].Levels[resources.Count - 1];
    }

    /// <summary>The deepest level that the resources name; null when they fit no hierarchy, and so match nothing.</summary>
    internal RangerResourceDef? DeepestLevel { get; }

    internal IReadOnlyDictionary<string, RangerPolicyResource> Resources => _resources;

    /// <summary>Whether a value contains a token or expression.</summary>
    internal bool IsDynamic => Any(static m => m.IsDynamic);

    /// <summary>Whether a value contains an expression that this engine cannot evaluate.</summary>
    internal bool IsUnknown => Any(static m => m.IsUnknown);

    /// <summary>Whether a value contains <c>*?</c>, which can be read in two ways.</summary>
    internal bool IsAmbiguous => Any(static m => m.IsAmbiguous);

    /// <summary>Prepares a set of policy resources.</summary>
    /// <param name="def">The service definition.</param>
    /// <param name="policyType">0 access, 1 data mask, 2 row filter; each has resource levels of its own.</param>
    /// <param name="resources">Level to values, as in a policy. Resources that fit no hierarchy match nothing.</param>
    /// <exception cref="RangerFormatException">The service definition contradicts itself.</exception>
    public static PolicyResourceMatcher Create(
        RangerServiceDef def, int policyType, IReadOnlyDictionary<string, RangerPolicyResource> resources) =>
        new(new ServiceModel(def).LevelsFor(policyType), resources);

    /// <summary>Compares with a requested resource; tokens and expressions stay as they are written.</summary>
    public ResourceMatch Match(RangerResource resource) => Match(resource, scopes: null, MatchContext.None);

    internal ResourceMatch Match(
        RangerResource resource, IReadOnlyDictionary<string, ElementScope>? scopes, MatchContext context)
    {
        if (_resources.Count == 0 && resource.Names.Count == 0)
        {
            return ResourceMatch.Self;
        }

        if (_matchers.Count == 0 || HierarchyFor(resource) is not { } hierarchy)
        {
            return ResourceMatch.None;
        }

        var match = resource.Names.Count == 0 ? ResourceMatch.Self : ResourceMatch.None;
        foreach (var level in hierarchy.Levels)
        {
            var values = resource.ValuesOf(level.Name!);
            if (!_matchers.TryGetValue(level.Name!, out var matcher))
            {
                match = values is null ? match : ResourceMatch.Ancestor;
                break;
            }

            if (values is not null || matcher.IsAny)
            {
                if (!matcher.IsMatch(values, scopes?.GetValueOrDefault(level.Name!) ?? ElementScope.Self, context))
                {
                    return ResourceMatch.None;
                }

                match = ResourceMatch.Self;
            }
        }

        return match == ResourceMatch.Self && resource.Names.Count < _resources.Count
            ? BelowRequested(resource, hierarchy)
            : match;
    }

    /// <summary>The matcher of a level, null when the resources do not name it.</summary>
    internal ValueMatcher? MatcherOf(string level) => _matchers.GetValueOrDefault(level);

    private bool Any(Func<ValueMatcher, bool> has)
    {
        foreach (var (_, matcher) in _matchers)
        {
            if (has(matcher))
            {
                return true;
            }
        }

        return false;
    }

    // The policy names more levels than the request: does it want all of what lies below, or some?
    private ResourceMatch BelowRequested(RangerResource resource, ResourceHierarchy hierarchy)
    {
        var lastSelective = -1;
        for (var i = 0; i < hierarchy.Levels.Count && _matchers.TryGetValue(hierarchy.Levels[i].Name!, out var matcher); i++)
        {
            lastSelective = matcher.IsAny ? lastSelective : i;
        }

        return resource.Names.Count > lastSelective ? ResourceMatch.SelfAndAllDescendants : ResourceMatch.Descendant;
    }

    private ResourceHierarchy? HierarchyFor(RangerResource resource)
    {
        var requested = resource.Names;
        if (requested.Count == 0)
        {
            return _onlyHierarchy ?? _levels.ShortestWith([.. _resources.Keys]);
        }

        var hierarchy = _onlyHierarchy
            ?? (requested.All(_resources.ContainsKey) ? _levels.ShortestWith([.. _resources.Keys])
                : _resources.Keys.All(name => resource.ValuesOf(name) is not null) ? _levels.ShortestWith(requested)
                : null);
        return hierarchy?.Leads(resource) == true ? hierarchy : null;
    }
}
