using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Row filters and masks at or below a resource. The first item that names a principal decides, in the order in which
/// Ranger asks policies (RangerPolicyEngineImpl); one that cannot be evaluated guards whomever it names.
/// </summary>
internal sealed class Guards(PolicyView view, AccessItems items, string? owner)
{
    /// <summary>The access type that guards are about.</summary>
    public const string Access = "select";

    private const string NoMask = "MASK_NONE";

    /// <summary>Whether there are any.</summary>
    public bool Any => view.Filters.Count > 0 || view.Masks.Count > 0;

    /// <summary>Their policies.</summary>
    public IEnumerable<MatchedPolicy> Policies => view.Filters.Concat(view.Masks);

    /// <summary>Their items.</summary>
    public IEnumerable<RangerPolicyItem> Items => Policies.SelectMany(policy => ItemsOf(policy.Policy));

    /// <summary>Whether guards are about the access: they are about reading. ALL_PRIVILEGES is decided by its parts.</summary>
    public static bool Concern(string accessType) => string.Equals(accessType, Access, StringComparison.OrdinalIgnoreCase);

    /// <summary>The policy whose filter or mask applies to the principal here or somewhere below; null when none does.</summary>
    public MatchedPolicy? On(Subject subject) => FirstOn(subject, view.Filters) ?? FirstOn(subject, view.Masks);

    private MatchedPolicy? FirstOn(Subject subject, IReadOnlyList<MatchedPolicy> policies)
    {
        foreach (var policy in policies)
        {
            var item = ItemsOf(policy.Policy).FirstOrDefault(item => items.Covers(item, Access) && AccessItems.Names(item, subject, owner));
            if (item is not null && !LeavesOpen(policy, item))
            {
                return policy;
            }

            // Decided for all that the policy covers; what it covers only in part, others may still guard.
            if (item is not null && policy.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants)
            {
                return null;
            }
        }

        return null;
    }

    private static bool LeavesOpen(MatchedPolicy policy, RangerPolicyItem item) =>
        policy.Uncertainties.All(unknown => unknown.Item is not null && !ReferenceEquals(unknown.Item, item))
        && item switch
        {
            RangerDataMaskPolicyItem mask => mask.DataMaskInfo?.DataMaskType == NoMask,
            RangerRowFilterPolicyItem filter => string.IsNullOrWhiteSpace(filter.RowFilterInfo?.FilterExpr),
            _ => false,
        };

    /// <summary>The items of one of their policies.</summary>
    public static IEnumerable<RangerPolicyItem> ItemsOf(RangerPolicy policy) =>
        policy.PolicyType == RangerPolicy.DataMaskType ? policy.DataMaskPolicyItems : policy.RowFilterPolicyItems;
}
