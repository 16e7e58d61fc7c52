using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Makes a set that differs from another one in a policy.</summary>
public static class PolicyEdit
{
    private const string TagServiceType = "tag";

    /// <summary>
    /// Returns the set with <paramref name="policy"/> in place of the one of its id, or added when it has none, or without that one.
    /// The set is null when that is not possible; the fault then says why, for people.
    /// </summary>
    /// <param name="set">The set, which stays as it is.</param>
    /// <param name="policy">The policy. Its <c>serviceType</c> says whether one of the tag service is meant.</param>
    /// <param name="delete">Whether to remove it.</param>
    public static (ServicePolicies? Set, string? Fault) Apply(PolicySet set, RangerPolicy policy, bool delete)
    {
        var ofTags = policy.ServiceType == TagServiceType;
        var zone = policy.ZoneName is { Length: > 0 } named ? named : null;
        var entries = set.ReadEntries().ToList();
        var header = set.ReadHeader();
        if (policy.Id is not { } id)
        {
            return delete ? (null, "is missing; it names the policy to delete") : Add(entries, null);
        }

        var index = entries.FindIndex(entry => entry.Policy.Id == id && entry.IsOfTags == ofTags);
        index = index < 0 && policy.ServiceType is null ? entries.FindIndex(entry => entry.Policy.Id == id) : index;
        if (index < 0)
        {
            return (null, "is not that of a policy of the current set; leave it out to add a policy");
        }

        var before = entries[index];
        entries.RemoveAt(index);
        return delete ? (PolicySet.With(header, entries), null) : Add(entries, before);

        (ServicePolicies?, string?) Add(List<PolicyEntry> others, PolicyEntry? replaced)
        {
            var tags = replaced?.IsOfTags ?? ofTags;
            return tags && header.TagPolicies is null ? (null, "is a tag policy, and the current set has no tag service")
                : !tags && zone is not null && !header.SecurityZones.ContainsKey(zone) ? (null, $"is in the security zone `{zone}`, which the current set does not have")
                : (PolicySet.With(header, others.Append(new PolicyEntry(policy, zone, tags))), null);
        }
    }
}
