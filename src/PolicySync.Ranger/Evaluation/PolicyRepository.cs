using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>The policies of a service, or of one of its zones, by type and in Ranger's order.</summary>
internal sealed class PolicyRepository
{
    private const int Types = 3;

    private readonly PreparedPolicy[][] _policies;
    private readonly ResourceIndex[] _indexes;
    private readonly RangerPolicy[] _disabled;
    private readonly ServiceModel _service;
    private readonly EngineOptions _options;

    public PolicyRepository(IEnumerable<RangerPolicy> policies, ServiceModel service, EngineOptions options)
    {
        (_service, _options) = (service, options);
        var dates = new TagDates(options);
        var isEnabled = policies.ToLookup(policy => policy.IsEnabled);
        _disabled = [.. isEnabled[false]];
        var byType = isEnabled[true]
            .Select(p => new PreparedPolicy(p, service, options, dates))
            .ToLookup(p => p.Policy.PolicyType);
        _policies = [.. Enumerable.Range(0, Types).Select(type => byType[type].Order(PolicyOrder.Comparer).ToArray())];
        _indexes = [.. _policies.Select((ofType, type) => Index(ofType, service.LevelsFor(type)))];
    }

    /// <summary>The policies of a type that may match a resource, in Ranger's order.</summary>
    public IEnumerable<PreparedPolicy> Likely(
        int policyType, RangerResource resource, Reach reach, IReadOnlyDictionary<string, ElementScope>? scopes = null) =>
        _indexes[policyType].Find(resource, reach, scopes).Select(number => _policies[policyType][number]);

    /// <summary>Every policy of a type, in Ranger's order.</summary>
    public IReadOnlyList<PreparedPolicy> All(int policyType) => _policies[policyType];

    /// <summary>The disabled policies of a type, prepared for each call: only explanations look at them.</summary>
    public IEnumerable<PreparedPolicy> Disabled(int policyType) => _disabled.Where(policy => policy.PolicyType == policyType)
        .Select(policy => new PreparedPolicy(policy, _service, _options, new TagDates(_options)));

    private static ResourceIndex Index(PreparedPolicy[] policies, ResourceLevels levels)
    {
        var index = new ResourceIndex();
        for (var number = 0; number < policies.Length; number++)
        {
            foreach (var set in policies[number].Resources.All)
            {
                index.Add(number, set, levels);
            }
        }

        return index;
    }
}
