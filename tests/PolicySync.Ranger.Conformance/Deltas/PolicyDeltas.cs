using PolicySync.Ranger.Model;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Conformance.Deltas;

/// <summary>Applies an answer of deltas to a whole policy set.</summary>
public static class PolicyDeltas
{
    private const string TagServiceType = "tag";

    /// <summary>The set after the changes; the sets given stay as they are.</summary>
    /// <param name="current">A whole set.</param>
    /// <param name="changes">An answer with <see cref="ServicePolicies.PolicyDeltas"/>, in the set or in its zones.</param>
    /// <returns>
    /// The new set, or null when a whole set must be fetched: the changes require it, or one does not identify its policy.
    /// </returns>
    /// <remarks>Source: RangerPolicyDeltaUtil.applyDeltas.</remarks>
    public static ServicePolicies? Apply(ServicePolicies current, ServicePolicies changes)
    {
        var zones = changes.SecurityZones.Values.SelectMany(z => z.PolicyDeltas ?? []);
        if ((changes.PolicyDeltas ?? []).Concat(zones).Any(d => d.ChangeType is not (>= 0 and <= 2) || d.Policy?.Id is null))
        {
            return null;
        }

        var ofTags = (changes.PolicyDeltas ?? []).ToLookup(d => d.Policy?.ServiceType == TagServiceType);
        return new ServicePolicies
        {
            ServiceName = current.ServiceName,
            ServiceId = current.ServiceId,
            PolicyVersion = changes.PolicyVersion ?? current.PolicyVersion,
            PolicyUpdateTime = changes.PolicyUpdateTime ?? current.PolicyUpdateTime,
            ServiceDef = changes.ServiceDef ?? current.ServiceDef,
            ServiceConfig = changes.ServiceConfig.Count > 0 ? changes.ServiceConfig : current.ServiceConfig,
            Policies = Apply(current.Policies, ofTags[false]),
            TagPolicies = Apply(current.TagPolicies, ofTags[true]),
            SecurityZones = Apply(current.SecurityZones, changes.SecurityZones),
        };
    }

    private static List<RangerPolicy> Apply(List<RangerPolicy>? policies, IEnumerable<RangerPolicyDelta> deltas)
    {
        var changed = new List<RangerPolicy>(policies ?? []);
        foreach (var delta in deltas)
        {
            changed.RemoveAll(p => p.Id == delta.Policy!.Id);
            if (delta.ChangeType != 2)
            {
                changed.Add(delta.Policy!);
            }
        }

        return changed;
    }

    private static TagPolicies? Apply(TagPolicies? tags, IEnumerable<RangerPolicyDelta> deltas) =>
        tags is null ? null : new TagPolicies
        {
            ServiceName = tags.ServiceName,
            PolicyVersion = tags.PolicyVersion,
            ServiceDef = tags.ServiceDef,
            ServiceConfig = tags.ServiceConfig,
            Policies = Apply(tags.Policies, deltas),
        };

    // An answer names every zone that still is; one without deltas keeps its policies.
    private static Dictionary<string, SecurityZoneInfo> Apply(
        Dictionary<string, SecurityZoneInfo> zones, Dictionary<string, SecurityZoneInfo> changes) =>
        changes.Count == 0
            ? zones
            : changes.ToDictionary(z => z.Key, z => new SecurityZoneInfo
            {
                ZoneName = z.Value.ZoneName,
                Resources = z.Value.Resources,
                ContainsAssociatedTagService = z.Value.ContainsAssociatedTagService,
                Policies = z.Value.Policies ?? Apply(zones.GetValueOrDefault(z.Key)?.Policies, z.Value.PolicyDeltas ?? []),
            });
}
