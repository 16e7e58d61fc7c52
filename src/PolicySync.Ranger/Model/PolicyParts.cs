namespace PolicySync.Ranger.Model;

/// <summary>Walks over a policy.</summary>
internal static class PolicyParts
{
    /// <summary>All items, of whatever kind.</summary>
    public static IEnumerable<RangerPolicyItem> AllItems(this RangerPolicy policy) =>
        policy.PolicyItems
            .Concat(policy.DenyPolicyItems)
            .Concat(policy.AllowExceptions)
            .Concat(policy.DenyExceptions)
            .Concat(policy.DataMaskPolicyItems)
            .Concat(policy.RowFilterPolicyItems);

    /// <summary>The resources and each additional set of them.</summary>
    public static IEnumerable<Dictionary<string, RangerPolicyResource>> ResourceSets(this RangerPolicy policy) =>
        policy.AdditionalResources.Prepend(policy.Resources);
}
