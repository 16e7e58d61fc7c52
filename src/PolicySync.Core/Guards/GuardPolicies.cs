using PolicySync.Core.Policies;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Guards;

/// <summary>
/// The row filter and mask policies at or below a resource. A guard is a row filter or a column mask, and nothing else. The
/// first item that names a principal decides, in Ranger's order (RangerPolicyEngineImpl): tag policies first, which only a
/// resource policy of a higher priority overrides. An item that cannot be evaluated guards every principal that it names.
/// </summary>
/// <param name="views">The views that can apply somewhere in the resource; each is evaluated alone.</param>
/// <param name="items">Reads items.</param>
/// <param name="owner">Key of the owner; null when unknown.</param>
internal sealed class GuardPolicies(IReadOnlyList<PolicyView> views, AccessItems items, string? owner)
{
    /// <summary>The access type to which guards apply.</summary>
    public const string Access = "select";

    private const string NoMask = "MASK_NONE";

    /// <summary>Whether there are filter or mask policies.</summary>
    public bool Any { get; } = views.Any(view =>
        view.Filters.Count > 0 || view.Masks.Count > 0 || view.TagFilters.Count > 0 || view.TagMasks.Count > 0);

    /// <summary>Their policies.</summary>
    public IEnumerable<MatchedPolicy> Policies =>
        views.SelectMany(view => view.TagFilters.Concat(view.Filters).Concat(view.TagMasks).Concat(view.Masks));

    /// <summary>Their items.</summary>
    public IEnumerable<RangerPolicyItem> Items => Policies.SelectMany(policy => ItemsOf(policy.Policy));

    /// <summary>Whether guards apply to the access type: only to reading. ALL_PRIVILEGES is decided by its parts.</summary>
    public static bool Concern(string accessType) => JavaText.EqualsIgnoringCase(accessType, Access);

    /// <summary>The policy whose filter or mask applies to the principal here or somewhere below; null when none does.</summary>
    public MatchedPolicy? On(Subject subject)
    {
        foreach (var view in views)
        {
            // A tag on a column filters no rows of the table.
            if ((On(subject, view.TagFilters.Where(policy => policy.Tag is null || policy.DecidesItself), view.Filters) ?? On(subject, view.TagMasks, view.Masks)) is { } guard)
            {
                return guard;
            }
        }

        return null;
    }

    private MatchedPolicy? On(Subject subject, IEnumerable<MatchedPolicy> ofTags, IReadOnlyList<MatchedPolicy> ofResources)
    {
        if (First(subject, ofTags) is not { } byTag)
        {
            return First(subject, ofResources) is { Leaves: false } found ? found.Policy : null;
        }

        var overriding = First(subject, ofResources.Where(policy => policy.Policy.PolicyPriority > byTag.Policy.Policy.PolicyPriority));
        var (guard, leaves) = overriding ?? byTag;
        return leaves ? null : guard;
    }

    // The first policy that guards, or that leaves everything it covers here open; where it covers only a part, a later policy may
    // still guard.
    private (MatchedPolicy Policy, bool Leaves)? First(Subject subject, IEnumerable<MatchedPolicy> policies)
    {
        foreach (var policy in policies)
        {
            var item = ItemsOf(policy.Policy).FirstOrDefault(item => items.Covers(item, Access) && AccessItems.Names(item, subject, owner));
            if (item is null)
            {
                continue;
            }

            if (!LeavesOpen(policy, item))
            {
                return (policy, false);
            }

            if (policy.DecidesItself)
            {
                return (policy, true);
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
