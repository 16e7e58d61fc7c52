using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Zones;

/// <summary>The security zones of a service: which resources are in which zone, and the zones' policies.</summary>
internal sealed class SecurityZones
{
    /// <summary>Represents "outside zones" among the zones of a resource that is only partly in zones.</summary>
    private const string Unzoned = "";

    private readonly List<(string Zone, PolicyResourceMatcher Matcher)> _resources = [];
    private readonly Dictionary<string, PolicyRepository> _policies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withTagService = new(StringComparer.Ordinal);
    private readonly ResourceIndex _index = new();

    public SecurityZones(IReadOnlyDictionary<string, SecurityZoneInfo> zones, ServiceModel service, EngineOptions options)
    {
        var levels = service.LevelsFor(RangerPolicy.AccessType);
        foreach (var (name, zone) in zones)
        {
            _policies.Add(name, new PolicyRepository(zone.Policies ?? [], service, options));
            if (zone.ContainsAssociatedTagService)
            {
                _withTagService.Add(name);
            }

            foreach (var resources in zone.Resources)
            {
                var matcher = new PolicyResourceMatcher(levels, resources.ToDictionary(r => r.Key, r => Whole(r.Value, levels.Find(r.Key))));
                _index.Add(_resources.Count, matcher, levels);
                _resources.Add((name, matcher));
            }
        }
    }

    /// <summary>Every zone.</summary>
    public IReadOnlyCollection<string> All => _policies.Keys;

    /// <summary>
    /// The zones of a resource and of what lies below it; the empty name among them when only something below is in a zone.
    /// </summary>
    public IReadOnlyList<string> ZonesOf(RangerResource resource)
    {
        var zones = new List<string>();
        foreach (var (zone, _, match) in MatchesOf(resource))
        {
            if (match == ResourceMatch.Descendant)
            {
                zones.Add(Unzoned);
            }

            zones.Add(zone);
        }

        return [.. zones.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The zone that contains the whole resource; null when it is in no zone, or in several.</summary>
    public string? ZoneOf(RangerResource resource) => ZonesOf(resource) is [var zone] ? zone : null;

    /// <summary>Every set of zone resources that matches a resource, in any way.</summary>
    public IEnumerable<(string Zone, PolicyResourceMatcher Matcher, ResourceMatch Match)> MatchesOf(RangerResource resource)
    {
        // Where no resource is named, none is in a zone (RangerResourceEvaluatorsRetriever.getEvaluators).
        if (_resources.Count == 0 || resource.Names.Count == 0)
        {
            yield break;
        }

        foreach (var number in _index.Find(resource, Reach.Ancestors | Reach.Descendants, scopes: null))
        {
            var (zone, matcher) = _resources[number];
            if (matcher.Match(resource) is var match and not ResourceMatch.None)
            {
                yield return (zone, matcher, match);
            }
        }
    }

    /// <summary>The policies of a zone, null for the empty name.</summary>
    public PolicyRepository? PoliciesOf(string zone) => _policies.GetValueOrDefault(zone);

    /// <summary>The zone whose tag policies apply in a zone: its own if it has a tag service, otherwise null.</summary>
    public string? TagZoneOf(string? zone) => zone is not null && _withTagService.Contains(zone) ? zone : null;

    private static RangerPolicyResource Whole(List<string> values, RangerResourceDef? level) =>
        new() { Values = values, IsRecursive = level?.RecursiveSupported == true };
}
