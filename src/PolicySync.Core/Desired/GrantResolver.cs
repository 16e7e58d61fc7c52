using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>
/// Says who should hold a privilege on behalf of a named principal. A group holds it only when no member is denied
/// it; else its allowed members hold it singly, or nobody does, and a gap says which and why (specification §3.4).
/// </summary>
internal sealed class GrantResolver(
    LevelDecider decider, Subjects subjects, PrincipalSnapshot directory, Func<string, string> spelled, int expandUpTo, GapList gaps)
{
    /// <summary>Denied members that are named one by one; beyond it the group's gap speaks for them.</summary>
    private const int MaxNamedMembers = 100;

    /// <summary>Holders of <paramref name="accessType"/> on behalf of <paramref name="candidate"/>, each with the policy that gives it.</summary>
    public IEnumerable<(Candidate Holder, Decision Decision)> Resolve(Candidate candidate, string accessType) =>
        candidate.IsGroup ? ResolveGroup(candidate, accessType) : ResolveUser(candidate, accessType);

    private IEnumerable<(Candidate, Decision)> ResolveUser(Candidate user, string accessType)
    {
        var decision = decider.Decide(subjects.User(user.Name), accessType);
        if (decision.Kind == DecisionKind.Withheld)
        {
            Withhold(decision, user, accessType);
        }
        else if (decision.IsAllowed && directory.KindOf(user.Name) == PrincipalKind.Unknown && decider.CanBeTakenByGroup(accessType))
        {
            gaps.Withheld(GapCode.MembershipUnknown, spelled(user.Name), Privilege(accessType),
                "the directory does not list this principal, so nobody can say whether a group that is denied here contains it",
                decision.PolicyId);
        }
        else if (decision.IsAllowed)
        {
            yield return (user, decision);
        }
    }

    private IEnumerable<(Candidate, Decision)> ResolveGroup(Candidate group, string accessType)
    {
        var subject = subjects.Group(group.Name);
        var decision = decider.Decide(subject, accessType);
        if (!decider.IsNamed(subject, accessType))
        {
            return [];
        }

        if (directory.KindOf(group.Name) == PrincipalKind.WorkspaceGroup)
        {
            if (decision.IsAllowed)
            {
                gaps.Withheld(GapCode.PrincipalLocal, group.Name, Privilege(accessType),
                    $"`{group.Name}` is a group of the workspace only; Unity Catalog grants to account groups", decision.PolicyId);
            }

            return [];
        }

        if (!decider.CanBeTaken(accessType))
        {
            return decision.IsAllowed ? [(group, decision)] : [];
        }

        if (subjects.MembersOf(group.Name) is { } members)
        {
            return ResolveMembers(group, accessType, decision, members);
        }

        if (decision.IsAllowed)
        {
            gaps.Withheld(GapCode.MembershipUnknown, group.Name, Privilege(accessType),
                $"something here can be denied to members of `{group.Name}`, and who they are is not known", decision.PolicyId);
        }
        else if (decision.Kind == DecisionKind.Withheld)
        {
            Withhold(decision, group, accessType);
        }

        return [];
    }

    private IEnumerable<(Candidate, Decision)> ResolveMembers(
        Candidate group, string accessType, Decision decision, IReadOnlySet<string> members)
    {
        var allowed = new List<(Candidate, Decision)>();
        var others = new List<(Candidate Member, Decision Decision)>();
        foreach (var member in members.Order(StringComparer.Ordinal).Select(name => new Candidate(name, IsGroup: false)))
        {
            var own = decider.Decide(subjects.User(member.Name), accessType);
            (own.IsAllowed ? allowed : others).Add((member, own));
        }

        if (decision.IsAllowed && others.Count == 0)
        {
            return [(group, decision)];
        }

        if (decision.Kind == DecisionKind.Withheld)
        {
            Withhold(decision, group, accessType);
        }
        else
        {
            foreach (var (member, own) in others.Where(other => other.Decision.Kind == DecisionKind.Withheld).Take(MaxNamedMembers))
            {
                Withhold(own, member, accessType);
            }
        }

        var fits = allowed.Count <= expandUpTo;
        if (others.Count > 0 && (decision.IsAllowed || allowed.Count > 0))
        {
            gaps.Withheld(
                fits && allowed.Count > 0 ? GapCode.GroupExpanded : GapCode.GroupWithheld, group.Name, Privilege(accessType),
                Explain(group, allowed.Count, others, fits), others[0].Decision.PolicyId);
        }

        return fits ? allowed : [];
    }

    private string Explain(Candidate group, int allowed, List<(Candidate Member, Decision Decision)> others, bool fits)
    {
        const int shown = 5;
        var names = string.Join(", ", others.Take(shown).Select(other => $"`{spelled(other.Member.Name)}`"))
            + (others.Count > shown ? $" and {others.Count - shown} more" : "");
        var by = others[0].Decision.PolicyName is { } policy ? $" by policy `{policy}`" : " by policy";
        return fits && allowed > 0
            ? $"not granted to group `{group.Name}`, because {names} of its members must not have it{by}; its {allowed} other members got it singly"
            : $"withheld from group `{group.Name}`, because {names} of its members must not have it{by}"
                + (allowed > 0 ? $", and its {allowed} other members are more than Principals:ExpandUpTo" : "");
    }

    private void Withhold(Decision decision, Candidate principal, string accessType) =>
        gaps.Withheld(decision.Code, principal.IsGroup ? principal.Name : spelled(principal.Name), Privilege(accessType),
            decision.Reason ?? "", decision.PolicyId);

    private static string Privilege(string accessType) => accessType.ToUpperInvariant();
}
