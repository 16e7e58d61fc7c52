using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>
/// A group with members that must not have a privilege: the others hold it individually, up to <c>Principals:ExpandUpTo</c>, or
/// no member does. A gap says which, and names members that must not have it (specification §3.4).
/// </summary>
internal sealed class GroupExpansion(DesiredContext context, Candidate group, Decision decision, IEnumerable<(MemberClass Members, Decision Decision)> decided)
{
    /// <summary>Largest number of members that get a gap of their own; the group's gap covers the rest.</summary>
    private const int MaxNamed = 100;

    /// <summary>Largest number of members that the group's gap names.</summary>
    private const int MaxShown = 5;

    private readonly ILookup<bool, (MemberClass Members, Decision Decision)> _isAllowed = decided.ToLookup(same => same.Decision.IsAllowed);

    public Resolution Resolve()
    {
        if (decision.IsAllowed && !_isAllowed[false].Any())
        {
            return Resolution.Whole(group, decision);
        }

        var withheld = decision.Kind == DecisionKind.Withheld
            ? [Withholding.Of(group, decision)]
            : First(_isAllowed[false].Where(same => same.Decision.Kind == DecisionKind.Withheld), MaxNamed)
                .Select(member => Withholding.Of(member.User, member.Decision)).ToList();
        var allowed = _isAllowed[true].Sum(same => same.Members.Users.Count);
        var isExpanded = allowed > 0 && allowed <= context.ExpandUpTo;
        if (decision.IsAllowed || allowed > 0)
        {
            withheld.Add(new(group, isExpanded ? GapCode.GroupExpanded : GapCode.GroupWithheld, Explain(isExpanded, allowed),
                First(_isAllowed[false], 1).FirstOrDefault().Decision.PolicyId));
        }

        return new Resolution(isExpanded ? [.. _isAllowed[true].SelectMany(UsersOf)] : [], withheld);
    }

    private string Explain(bool isExpanded, int allowed)
    {
        var others = _isAllowed[false].Sum(same => same.Members.Users.Count);
        var why = others == 0 ? "" : $", because {Names(others)} must not have it";
        return isExpanded ? $"not granted to group `{Spelled(group)}`{why}; its {allowed} other members have it individually"
            : $"withheld from group `{Spelled(group)}`{why}"
                + (allowed > 0 ? $", and its {allowed} other members are more than Principals:ExpandUpTo" : "");
    }

    private string Names(int all)
    {
        var first = First(_isAllowed[false], MaxShown).ToList();
        return string.Join(", ", first.Select(member => $"`{Spelled(member.User)}`"))
            + (all > first.Count ? $" and {all - first.Count} more" : "")
            + (first[0].Decision.PolicyName is { } policy ? $" by policy `{policy}`" : "");
    }

    private static IEnumerable<(Candidate User, Decision Decision)> First(IEnumerable<(MemberClass, Decision)> classes, int count) =>
        classes.SelectMany(UsersOf).OrderBy(member => member.User.Name, StringComparer.Ordinal).Take(count);

    private static IEnumerable<(Candidate User, Decision Decision)> UsersOf((MemberClass Members, Decision Decision) same) =>
        same.Members.Users.Select(user => (new Candidate(user, IsGroup: false), same.Decision));

    private string Spelled(Candidate candidate) => context.Candidates.Spelled(candidate);
}
