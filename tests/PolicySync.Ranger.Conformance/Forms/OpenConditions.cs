using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Conditions whose outcome cannot be known here: those that Ranger has a class for and this engine cannot evaluate, and
/// those that ask where an address lies, which only Ranger's geolocation file tells. A case whose result depends on one is
/// skipped by name; to tell, policies are made in which all of them hold and others in which none does.
/// </summary>
internal sealed class OpenConditions
{
    private const string Geolocation = "LOCATION_";

    private readonly Dictionary<RangerCondition, string> _reasons = new(ReferenceEqualityComparer.Instance);

    private OpenConditions()
    {
    }

    /// <summary>Why they are open, for people.</summary>
    public string Reason => string.Join("; ", _reasons.Values.Distinct(StringComparer.Ordinal));

    /// <summary>The open conditions of a policy set, for requests with or without an address; null when there are none.</summary>
    public static OpenConditions? In(ServicePolicies policies, bool fromAddress)
    {
        var open = new OpenConditions();
        open.Add(policies.Policies, policies.ServiceDef, fromAddress);
        open.Add(policies.TagPolicies?.Policies, policies.TagPolicies?.ServiceDef, fromAddress);
        foreach (var zone in policies.SecurityZones.Values)
        {
            open.Add(zone.Policies, policies.ServiceDef, fromAddress);
        }

        return open._reasons.Count == 0 ? null : open;
    }

    /// <summary>The policies as they are when each open condition holds, or when none does.</summary>
    public ServicePolicies Settle(ServicePolicies policies, bool holds) => new()
    {
        ServiceName = policies.ServiceName,
        ServiceDef = policies.ServiceDef,
        ServiceConfig = policies.ServiceConfig,
        Policies = Settle(policies.Policies, holds),
        TagPolicies = policies.TagPolicies is not { } tags ? null : new TagPolicies
        {
            ServiceName = tags.ServiceName,
            ServiceDef = tags.ServiceDef,
            Policies = Settle(tags.Policies, holds),
        },
        SecurityZones = policies.SecurityZones.ToDictionary(z => z.Key, z => new SecurityZoneInfo
        {
            ZoneName = z.Value.ZoneName,
            Resources = z.Value.Resources,
            ContainsAssociatedTagService = z.Value.ContainsAssociatedTagService,
            Policies = Settle(z.Value.Policies, holds),
        }),
    };

    private void Add(List<RangerPolicy>? policies, RangerServiceDef? def, bool fromAddress)
    {
        if (policies is null || def is null)
        {
            return;
        }

        var service = new ServiceModel(def);
        var locates = fromAddress
            && def.ContextEnrichers.Exists(e => e.Enricher?.EndsWith("GeolocationProvider", StringComparison.Ordinal) == true);
        foreach (var condition in policies.SelectMany(p => p.Conditions.Concat(p.AllItems().SelectMany(i => i.Conditions))))
        {
            // Ranger takes no notice of a condition that the service does not define.
            if (service.Condition(condition.Type) is null)
            {
                continue;
            }

            if (locates && condition.Values.Exists(v => v.Contains(Geolocation, StringComparison.Ordinal)))
            {
                _reasons[condition] = "the geolocation file is no part of the suite";
            }
            else if (Condition.Create(condition, service, new TagDates(EngineFile.Options)) is var prepared and (UnknownCondition or ScriptCondition { IsUnderstood: false }))
            {
                _reasons[condition] = prepared.Description;
            }
        }
    }

    private List<RangerPolicy> Settle(List<RangerPolicy>? policies, bool holds) =>
    [
        .. (policies ?? []).Select(policy =>
        {
            var never = !holds && policy.Conditions.Exists(IsOpen);
            var settled = policy.WithItems(
                items => [.. items.Select(i => Settle(i, holds, never))],
                masks => [.. masks.Select(i => Settle(i, holds, never))],
                filters => [.. filters.Select(i => Settle(i, holds, never))]);
            settled.Conditions = Closed(policy.Conditions);
            settled.IsDenyAllElse &= !never;
            return settled;
        }),
    ];

    // An item that never applies stays, for nobody: a policy is asked differently when it has no denies at all.
    private T Settle<T>(T item, bool holds, bool never)
        where T : RangerPolicyItem
    {
        var settled = item.WithAccesses(item.Accesses);
        settled.Conditions = Closed(item.Conditions);
        if (never || (!holds && item.Conditions.Exists(IsOpen)))
        {
            settled.Users = [];
            settled.Groups = [];
            settled.Roles = [];
        }

        return settled;
    }

    private List<RangerCondition> Closed(List<RangerCondition> conditions) => [.. conditions.Where(c => !IsOpen(c))];

    private bool IsOpen(RangerCondition condition) => _reasons.ContainsKey(condition);
}
