namespace PolicySync.Core.Policies.Comparing;

/// <summary>A policy of the current set and the same one of the candidate set; one of them is null where only the other set has it.</summary>
internal sealed record PolicyMatch(PolicyMark? Old, PolicyMark? New)
{
    /// <summary>Whether what is evaluated differs.</summary>
    public bool Differs => Old?.Content != New?.Content && (Old?.IsEnabled is true || New?.IsEnabled is true);

    /// <summary>Whether both sets have all of it alike.</summary>
    public bool IsSame => Old is not null && New is not null && Old.Zone == New.Zone && Old.Whole == New.Whole;

    public PolicyChange Change => Old is null ? PolicyChange.Added : New is null ? PolicyChange.Removed : PolicyChange.Changed;

    /// <summary>The id that is shown.</summary>
    public long? Id => Old?.Id ?? New?.Id;
}

/// <summary>
/// Finds which policies of two sets are the same ones. First those that are evaluated alike, for the sets are evaluated alike exactly when
/// that leaves no enabled policy; then by id, where ids are meant as identity; then by name within service and zone.
/// </summary>
internal static class PolicyMatching
{
    /// <summary>All policies of both sets, in the order of lists: resource policies before tag policies, each by id.</summary>
    public static IReadOnlyList<PolicyMatch> Match(IReadOnlyList<PolicyMark> olds, IReadOnlyList<PolicyMark> news)
    {
        var pairing = new Pairing<PolicyMark>(olds, news);
        pairing.By(static mark => mark.Id is null ? null : (mark.Identity, mark.Content));
        pairing.By(static mark => mark.Content);
        if (IdsAreIdentity(olds, news))
        {
            pairing.By(static mark => mark.Identity);
        }

        pairing.By(static mark => mark.Named);
        var matches = olds.Select((mark, place) => new PolicyMatch(mark, pairing.NewOf(place) is { } partner ? news[partner] : null))
            .Concat(news.Where((_, place) => pairing.OldOf(place) is null).Select(static mark => new PolicyMatch(null, mark)));
        return [.. matches.OrderBy(static match => (match.Old ?? match.New)!.IsOfTags)
            .ThenBy(static match => match.Id ?? long.MaxValue)
            .ThenBy(static match => (match.New ?? match.Old)!.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Whether equal ids mean the same policy. A set of another Ranger has ids of its own, so they do not where more policies of one name
    /// have different ids than have the same.
    /// </summary>
    private static bool IdsAreIdentity(IReadOnlyList<PolicyMark> olds, IReadOnlyList<PolicyMark> news)
    {
        var known = new Dictionary<object, long>();
        foreach (var mark in olds)
        {
            if (mark is { Named: { } name, Id: { } id })
            {
                known.TryAdd(name, id);
            }
        }

        var named = news.Where(mark => mark is { Named: not null, Id: not null } && known.ContainsKey(mark.Named!)).ToList();
        return named.Count(mark => known[mark.Named!] == mark.Id) * 2 >= named.Count;
    }
}
