using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>A policy of a set, with where it is in the download.</summary>
/// <param name="Policy">The policy, with names as its author wrote them.</param>
/// <param name="Zone">The security zone; null outside zones.</param>
/// <param name="IsOfTags">Whether it belongs to the tag service.</param>
public sealed record PolicyEntry(RangerPolicy Policy, string? Zone, bool IsOfTags)
{
    /// <summary>What it is about.</summary>
    public PolicyKind Kind => IsOfTags ? PolicyKind.Tag : Policy.PolicyType switch
    {
        RangerPolicy.AccessType => PolicyKind.Access,
        RangerPolicy.DataMaskType => PolicyKind.Mask,
        RangerPolicy.RowFilterType => PolicyKind.Filter,
        _ => PolicyKind.Other,
    };

    /// <summary>Its sets of resources, each level name to values.</summary>
    public IEnumerable<Dictionary<string, RangerPolicyResource>> Resources =>
        Policy.AdditionalResources.Prepend(Policy.Resources).Where(set => set.Count > 0);

    /// <summary>All its items, of every kind.</summary>
    public IEnumerable<RangerPolicyItem> Items =>
        Policy.PolicyItems.Concat(Policy.DenyPolicyItems).Concat(Policy.AllowExceptions).Concat(Policy.DenyExceptions)
            .Concat(Policy.DataMaskPolicyItems).Concat(Policy.RowFilterPolicyItems);
}
