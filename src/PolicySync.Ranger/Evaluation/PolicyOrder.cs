using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// The order in which Ranger asks policies: overriding ones first, then those that can deny, then broad before narrow.
/// It decides which policy is reported, and for masks and row filters what happens. Source:
/// RangerOptimizedPolicyEvaluator.computeEvalOrder and RangerPolicyEvaluator.PolicyEvalOrderComparator.
/// </summary>
internal static class PolicyOrder
{
    private const int Start = 10_000;
    private const int DynamicPenalty = 20;
    private const int MaxResourceDiscount = 100;
    private const int MaxPrincipalDiscount = 25;
    private const int MaxAccessDiscount = 25;
    private const int MaxConditionDiscount = 25;
    private const int ConditionPenalty = 5;

    public static IComparer<PreparedPolicy> Comparer { get; } = Comparer<PreparedPolicy>.Create(
        static (left, right) => Compare(left, right, byScore: true));

    /// <summary>The order that leaves breadth aside, which Ranger has for tag masks and filters.</summary>
    public static IComparer<PreparedPolicy> ByName { get; } = Comparer<PreparedPolicy>.Create(
        static (left, right) => Compare(left, right, byScore: false));

    /// <summary>How narrow a policy is: narrower ones are asked later.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="service">The service.</param>
    /// <param name="isDynamic">Whether its resources contain tokens or expressions.</param>
    /// <param name="conditions">Number of its conditions, and of those of its items, that Ranger has evaluators for.</param>
    public static int Score(RangerPolicy policy, ServiceModel service, bool isDynamic, int conditions)
    {
        var items = policy.AllItems().ToList();
        return Start
            + (isDynamic ? DynamicPenalty : 0)
            - Math.Min(MaxResourceDiscount, ResourceDiscount(policy, service))
            - PrincipalDiscount(policy, items)
            - AccessDiscount(items, service)
            - Math.Max(0, MaxConditionDiscount - (ConditionPenalty * conditions));
    }

    private static int Compare(PreparedPolicy left, PreparedPolicy right, bool byScore)
    {
        var order = right.Priority.CompareTo(left.Priority);
        order = order != 0 ? order : right.HasDeny.CompareTo(left.HasDeny);
        order = order != 0 || !byScore ? order : left.Score.CompareTo(right.Score);
        return order != 0 ? order : string.CompareOrdinal(left.Policy.Name, right.Policy.Name);
    }

    private static int ResourceDiscount(RangerPolicy policy, ServiceModel service) =>
        policy.Resources
            .Where(r => r.Value.Values.Count > 0 && service.LevelsFor(RangerPolicy.AccessType).Find(r.Key) is not null)
            .Sum(r => ResourceDiscount(r.Value));

    private static int ResourceDiscount(RangerPolicyResource resource)
    {
        if (resource.Values.Exists(v => v is "" or "*"))
        {
            return 25;
        }

        var wildcards = resource.Values.Exists(v => v.Contains('*', StringComparison.Ordinal)) ? 10
            : resource.Values.Exists(v => v.Contains('?', StringComparison.Ordinal)) ? 5
            : 0;
        return wildcards + (resource.IsExcludes ? 5 : 0) + (resource.IsRecursive ? 5 : 0);
    }

    private static int PrincipalDiscount(RangerPolicy policy, List<RangerPolicyItem> items)
    {
        var users = items.SelectMany(i => i.Users).ToHashSet(StringComparer.Ordinal);
        var groups = items.SelectMany(i => i.Groups).ToHashSet(StringComparer.Ordinal);
        var isForAll = policy.IsDenyAllElse
            || groups.Any(g => JavaText.EqualsIgnoringCase(g, "public"))
            || users.Any(u => JavaText.EqualsIgnoringCase(u, "{USER}"));
        return isForAll ? MaxPrincipalDiscount : Math.Min(MaxPrincipalDiscount, users.Count + groups.Count);
    }

    private static int AccessDiscount(List<RangerPolicyItem> items, ServiceModel service)
    {
        var known = service.Def.AccessTypes.Count;
        var used = items.SelectMany(i => i.Accesses).Where(a => a.IsAllowed).Select(a => a.Type).Distinct(StringComparer.Ordinal).Count();
        return known == 0 ? 0 : (int)Math.Floor((MaxAccessDiscount * (float)used / known) + 0.5f);
    }
}
