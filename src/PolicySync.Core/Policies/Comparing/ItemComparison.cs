using System.Globalization;
using System.Text;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>
/// Finds which items of two policies differ. Items are the same ones when they are alike; else when they name the same principals, give
/// the same, or share a principal, in this order.
/// </summary>
internal static class ItemComparison
{
    /// <summary>Compares the items of two policies in their normal form.</summary>
    /// <param name="old">The policy of the current set, or one without items.</param>
    /// <param name="new">The policy of the candidate set, or one without items.</param>
    /// <param name="order">Receives each list in which items that both have are in another order.</param>
    public static IReadOnlyList<PolicyItemDifference> Of(RangerPolicy old, RangerPolicy @new, out IReadOnlyList<PolicyPartDifference> order)
    {
        var found = new List<PolicyItemDifference>();
        var moved = new List<PolicyPartDifference>();
        foreach (var (kind, items) in Lists)
        {
            Compare(kind, [.. items(old)], [.. items(@new)], found, moved);
        }

        order = moved;
        return found;
    }

    private static readonly (PolicyItemKind Kind, Func<RangerPolicy, IEnumerable<RangerPolicyItem>> Items)[] Lists =
    [
        (PolicyItemKind.Allow, static policy => policy.PolicyItems), (PolicyItemKind.Deny, static policy => policy.DenyPolicyItems),
        (PolicyItemKind.AllowException, static policy => policy.AllowExceptions), (PolicyItemKind.DenyException, static policy => policy.DenyExceptions),
        (PolicyItemKind.Mask, static policy => policy.DataMaskPolicyItems), (PolicyItemKind.Filter, static policy => policy.RowFilterPolicyItems),
    ];

    private static void Compare(
        PolicyItemKind kind, List<RangerPolicyItem> olds, List<RangerPolicyItem> news, List<PolicyItemDifference> found, List<PolicyPartDifference> moved)
    {
        var pairing = new Pairing<RangerPolicyItem>(olds, news);
        pairing.By(TextOf);
        pairing.By(static item => Text(item.Users, item.Groups, item.Roles));
        pairing.By(static item => Text(item.Accesses, MaskOf(item), FilterOf(item)));
        pairing.ByAny(static item => item.Users.Select(static name => (object)("user", name))
            .Concat(item.Groups.Select(static name => (object)("group", name))).Concat(item.Roles.Select(static name => (object)("role", name))));
        foreach (var (place, item) in news.Index())
        {
            if (pairing.OldOf(place) is not { } partner)
            {
                found.Add(new PolicyItemDifference(PolicyChange.Added, kind, place + 1, null, PolicyWords.Of(item), []));
            }
            else if (TextOf(olds[partner]) != TextOf(item))
            {
                found.Add(new PolicyItemDifference(
                    PolicyChange.Changed, kind, place + 1, PolicyWords.Of(olds[partner]), PolicyWords.Of(item), [.. Parts(olds[partner], item)]));
            }
        }

        found.AddRange(olds.Index().Where(one => pairing.NewOf(one.Index) is null).Select(one =>
            new PolicyItemDifference(PolicyChange.Removed, kind, one.Index + 1, PolicyWords.Of(one.Item), null, [])));

        // In the order of the candidate, the places that the items had.
        var places = Enumerable.Range(0, news.Count).Select(pairing.OldOf).OfType<int>().ToList();
        if (places.Zip(places.Skip(1)).Any(pair => pair.First > pair.Second))
        {
            moved.Add(PartWords.Of(PolicyPart.ItemOrder, Numbers(kind, places.Order()), Numbers(kind, places)));
        }
    }

    private static IEnumerable<PolicyPartDifference> Parts(RangerPolicyItem old, RangerPolicyItem @new)
    {
        foreach (var (part, names) in Names)
        {
            if (!names(old).SequenceEqual(names(@new), StringComparer.Ordinal))
            {
                yield return PartWords.Of(part, names(old), names(@new));
            }
        }

        if (!PolicyComparison.AreEqual(old.Accesses, @new.Accesses))
        {
            yield return PartWords.Of(PolicyPart.Accesses, [.. old.Accesses.Select(PolicyWords.Of)], [.. @new.Accesses.Select(PolicyWords.Of)]);
        }

        if (!PolicyComparison.AreEqual(MaskOf(old), MaskOf(@new)))
        {
            yield return PartWords.Of(PolicyPart.Mask, PolicyWords.Of(MaskOf(old)), PolicyWords.Of(MaskOf(@new)));
        }

        if (!PolicyComparison.AreEqual(FilterOf(old), FilterOf(@new)))
        {
            yield return PartWords.Of(PolicyPart.Filter, FilterOf(old)?.FilterExpr, FilterOf(@new)?.FilterExpr);
        }

        if (!PolicyComparison.AreEqual(old.Conditions, @new.Conditions))
        {
            yield return PartWords.Of(PolicyPart.Conditions, [.. old.Conditions.Select(PolicyWords.Of)], [.. @new.Conditions.Select(PolicyWords.Of)]);
        }

        if (old.DelegateAdmin != @new.DelegateAdmin)
        {
            yield return PartWords.Of(PolicyPart.DelegateAdmin, old.DelegateAdmin ? "yes" : "no", @new.DelegateAdmin ? "yes" : "no");
        }
    }

    private static readonly (PolicyPart Part, Func<RangerPolicyItem, List<string>> Names)[] Names =
    [
        (PolicyPart.Users, static item => item.Users), (PolicyPart.Groups, static item => item.Groups), (PolicyPart.Roles, static item => item.Roles),
    ];

    private static DataMaskInfo? MaskOf(RangerPolicyItem item) => (item as RangerDataMaskPolicyItem)?.DataMaskInfo;

    private static RowFilterInfo? FilterOf(RangerPolicyItem item) => (item as RangerRowFilterPolicyItem)?.RowFilterInfo;

    // By the type of the item, or the mask and the filter were left out.
    private static string TextOf(RangerPolicyItem item) => item switch
    {
        RangerDataMaskPolicyItem mask => Text(mask),
        RangerRowFilterPolicyItem filter => Text(filter),
        _ => Text(item),
    };

    private static string Text<T>(T part) => Encoding.UTF8.GetString(RangerJson.Write(part));

    private static string Text<T1, T2, T3>(T1 first, T2 second, T3 third) => $"{Text(first)}\n{Text(second)}\n{Text(third)}";

    private static string Numbers(PolicyItemKind kind, IEnumerable<int> places) => PolicyWords.Cut(
        $"{WireNames.Of(kind)} {string.Join(", ", places.Select(place => (place + 1).ToString(CultureInfo.InvariantCulture)))}");
}
