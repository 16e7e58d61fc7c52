using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// Says which securables some policies, tags and zones can concern, by the matching of the engine, whatever their items, conditions,
/// schedules and zones say. Immutable.
/// </summary>
internal sealed class PolicyProbe
{
    /// <summary>The type of the tag that marks resources which count by themselves, as those of zones do.</summary>
    private const string Mark = "changed";

    // Nothing in a probe depends on time.
    private static readonly DateTimeOffset Ever = DateTimeOffset.UnixEpoch;

    private readonly List<RangerEngine> _engines = [];
    private readonly List<RangerEngine> _zoned = [];
    private readonly ServicePolicies _header;

    /// <summary>An empty probe.</summary>
    /// <param name="header">A set without its policies, with the service definitions.</param>
    public PolicyProbe(ServicePolicies header) => _header = header;

    /// <summary>Whether it concerns nothing.</summary>
    public bool IsEmpty => _engines.Count + _zoned.Count == 0;

    /// <summary>Adds resource policies: what they name, and the containers of it.</summary>
    public void AddPolicies(IEnumerable<RangerPolicy> policies)
    {
        if (policies.Select(Stripped).ToList() is { Count: > 0 } probes)
        {
            Add(probes, null, null);
        }
    }

    /// <summary>Adds tag policies: the resources with a tag that they name, what lies below these, and their containers.</summary>
    /// <param name="policies">The tag policies.</param>
    /// <param name="tags">The tags.</param>
    public void AddTagPolicies(IReadOnlyCollection<RangerPolicy> policies, ServiceTags tags)
    {
        if (policies.Count > 0 && tags.ServiceResources.Count > 0 && _header.TagPolicies?.ServiceDef is { } def)
        {
            Add([], new TagPolicies { ServiceDef = def, Policies = [.. policies.Select(Stripped)] }, tags);
        }
    }

    /// <summary>Adds resources of zones: what they name, what lies below it, and the containers of it.</summary>
    public void AddZones(IReadOnlyCollection<Dictionary<string, List<string>>> resources)
    {
        if (resources.Count > 0)
        {
            Add([], MarkPolicies, ChangedZones.Tagged(resources, _header.ServiceDef!, Mark));
        }
    }

    /// <summary>Adds what is partly in a zone, or in several: tag policies of other zones decide about such a table as about a container.</summary>
    /// <param name="set">A set with zones.</param>
    public void AddCutByZones(ServicePolicies set)
    {
        if (set.SecurityZones.Count > 0)
        {
            _zoned.Add(RangerEngine.Compile(
                new ServicePolicies
                {
                    ServiceDef = set.ServiceDef, Policies = [],
                    SecurityZones = set.SecurityZones.ToDictionary(
                        zone => zone.Key,
                        zone => new SecurityZoneInfo { ZoneName = zone.Key, Resources = zone.Value.Resources, Policies = [] }, StringComparer.Ordinal),
                },
                roles: null, userStore: null, tags: null, new EngineOptions { UnknownConditions = UnknownConditions.AgainstAccess }));
        }
    }

    /// <summary>Whether a securable can be concerned.</summary>
    public bool Concerns(Securable securable) => Views(_engines, securable).Any(view => All(view).Any())
        || Views(_zoned, securable).Any(view => view.Zones.Count > 0 && !view.IsWhollyInZone);

    /// <summary>Whether anything below a container can be concerned.</summary>
    public bool ConcernsBelow(Securable container) =>
        Views(_engines, container).Any(view => All(view)
            .Any(policy => policy.Tag is not null || policy.Sets.Any(set => set.Match is ResourceMatch.SelfAndAllDescendants or ResourceMatch.Descendant)))
        || Views(_zoned, container).Any(view => view.Zones.Count > 0);

    private static IEnumerable<PolicyView> Views(List<RangerEngine> engines, Securable securable)
    {
        var resource = RangerResources.Of(securable, owner: null);
        return engines.Select(engine => engine.ViewOf(resource, Ever));
    }

    private static IEnumerable<MatchedPolicy> All(PolicyView view) =>
        view.Access.Concat(view.Masks).Concat(view.Filters).Concat(view.TagAccess).Concat(view.TagMasks).Concat(view.TagFilters);

    private void Add(List<RangerPolicy> policies, TagPolicies? tagPolicies, ServiceTags? tags) => _engines.Add(RangerEngine.Compile(
        new ServicePolicies { ServiceDef = _header.ServiceDef, Policies = policies, TagPolicies = tagPolicies },
        roles: null, userStore: null, tags, new EngineOptions { UnknownConditions = UnknownConditions.AgainstAccess }));

    private TagPolicies MarkPolicies => new()
    {
        ServiceDef = new RangerServiceDef
        {
            Name = "tag", Resources = [new RangerResourceDef { Name = "tag", Level = 1 }],
            AccessTypes = [.. _header.ServiceDef!.AccessTypes.Select(type => new RangerAccessTypeDef { Name = type.Name })],
        },
        Policies = [new RangerPolicy { Id = 1, Name = Mark, Resources = new() { ["tag"] = new RangerPolicyResource { Values = [Mark] } } }],
    };

    private static RangerPolicy Stripped(RangerPolicy policy) => new()
    {
        Id = policy.Id, Name = policy.Name, PolicyType = policy.PolicyType, Resources = policy.Resources, AdditionalResources = policy.AdditionalResources,
    };
}
