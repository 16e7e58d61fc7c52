using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Says who should hold a privilege on behalf of a named principal. A group holds it only when no member is denied
/// it; else its allowed members hold it singly, or nobody does (specification §3.4).
/// </summary>
internal sealed class GrantResolver(DesiredContext context, LevelDecider decider)
{
    /// <summary>Members that are told of one by one; beyond it the group's gap speaks for them.</summary>
    private const int MaxNamedMembers = 100;

    private readonly Dictionary<string, bool> _anyoneUnlisted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<MemberClass>?> _classes = new(StringComparer.Ordinal);

    /// <summary>Holders of <paramref name="accessType"/> on behalf of <paramref name="candidate"/>.</summary>
    public Resolution Resolve(Candidate candidate, string accessType)
    {
        var subject = context.Subjects.Of(candidate);
        var decision = decider.Decide(subject, accessType);
        return !candidate.IsGroup ? ResolveUser(candidate, accessType, decision)
            : decider.IsNamed(subject, accessType) ? ResolveGroup(candidate, accessType, decision)
            : Resolution.Nobody;
    }

    /// <summary>Whether nothing stands against <paramref name="candidate"/> having all of the access types.</summary>
    public bool MayHoldAll(Candidate candidate, IReadOnlyCollection<string> accessTypes)
    {
        var subject = context.Subjects.Of(candidate);
        if (!accessTypes.All(type => decider.Decide(subject, type).IsAllowed))
        {
            return false;
        }

        if (!candidate.IsGroup)
        {
            return !accessTypes.Any(type => IsOpenToGroups(candidate, decider.ItemsTaking(type)));
        }

        var taken = accessTypes.Where(decider.CanBeTaken).ToList();
        return taken.Count == 0
            || (taken.TrueForAll(type => ClassesOf(candidate.Name, type) is not null)
                && ClassesOf(candidate.Name, taken[0])!.All(same => accessTypes.All(type => decider.Decide(same.Subject, type).IsAllowed)));
    }

    /// <summary>
    /// The members of a group in classes that the policies here cannot tell apart; null when somebody is in it, or may be,
    /// whom a deny can concern and nobody can list.
    /// </summary>
    public IReadOnlyList<MemberClass>? ClassesOf(string group, string accessType)
    {
        if (group == PrincipalKey.AccountUsers && IsAnyoneUnlisted(accessType))
        {
            return null;
        }

        if (!_classes.TryGetValue(group, out var classes))
        {
            _classes[group] = classes = context.Directory.MembersOf(group) is { } members ? decider.Classify(members) : null;
        }

        return classes;
    }

    /// <summary>
    /// Whether the directory does not list the principal, so that nobody can say whether a group or role that the items
    /// name contains it.
    /// </summary>
    public bool IsOpenToGroups(Candidate user, IEnumerable<RangerPolicyItem> items) =>
        context.Directory.KindOfUser(user.Name) == PrincipalKind.Unknown
        && items.Any(item => item.Roles.Count > 0
            || item.Groups.Exists(group => group is not (PrincipalKey.AccountUsers or NameMapper.Public)));

    private Resolution ResolveUser(Candidate user, string accessType, Decision decision)
    {
        if (decision.Kind == DecisionKind.Withheld)
        {
            return Resolution.Without(user, decision.Code, decision.Reason ?? "", decision.PolicyId);
        }

        if (!decision.IsAllowed)
        {
            return Resolution.Nobody;
        }

        return IsMistaken(user)
                ? Resolution.Without(user, GapCode.PrincipalUnknown,
                    $"`{Spelled(user)}` is named as a user, but is neither an e-mail nor an application id, so Unity Catalog could only take it "
                    + "for a group; Principals:Map can rewrite it", decision.PolicyId)
            : IsOpenToGroups(user, decider.ItemsTaking(accessType))
                ? Resolution.Without(user, GapCode.MembershipUnknown,
                    "the directory does not list this principal, so nobody can say whether a group that is denied here contains it",
                    decision.PolicyId)
            : Resolution.Whole(user, decision);
    }

    private Resolution ResolveGroup(Candidate group, string accessType, Decision decision)
    {
        var isTakeable = decider.CanBeTaken(accessType);
        var members = isTakeable ? ClassesOf(group.Name, accessType) : null;
        if (!decision.IsGiven && !(members?.Any(same => decider.Decide(same.Subject, accessType).IsGiven) ?? decider.CanBeLetIn(accessType)))
        {
            return Resolution.Nobody;
        }

        return IsMistaken(group) ? Resolution.Without(group, GapCode.PrincipalUnknown,
                $"`{group.Name}` is named as a group, and Unity Catalog could take it for a user", decision.PolicyId)
            : context.Directory.KindOfGroup(group.Name) == PrincipalKind.WorkspaceGroup ? Resolution.Without(group, GapCode.PrincipalLocal,
                $"`{group.Name}` is a group of the workspace only; Unity Catalog grants to account groups", decision.PolicyId)
            : !isTakeable ? Resolution.Whole(group, decision)
            : members is not null ? ResolveMembers(group, accessType, decision, members)
            : decision.Kind == DecisionKind.Withheld ? Resolution.Without(group, decision.Code, decision.Reason ?? "", decision.PolicyId)
            : Resolution.Without(group, GapCode.MembershipUnknown,
                $"something here can be denied to members of `{Spelled(group)}`, and who they are is not known", decision.PolicyId);
    }

    private Resolution ResolveMembers(
        Candidate group, string accessType, Decision decision, IReadOnlyList<MemberClass> members)
    {
        var decided = members.Select(same => (Members: same.Users, Decision: decider.Decide(same.Subject, accessType))).ToLookup(same => same.Decision.IsAllowed);
        var others = decided[false].SelectMany(same => same.Members.Select(user => new Denied(user, same.Decision)))
            .OrderBy(denied => denied.User, StringComparer.Ordinal).ToList();
        if (decision.IsAllowed && others.Count == 0)
        {
            return Resolution.Whole(group, decision);
        }

        var withheld = decision.Kind == DecisionKind.Withheld
            ? [new Withholding(group, decision.Code, decision.Reason ?? "", decision.PolicyId)]
            : others.Where(denied => denied.Decision.Kind == DecisionKind.Withheld).Take(MaxNamedMembers)
                .Select(denied => new Withholding(new(denied.User, IsGroup: false), denied.Decision.Code, denied.Decision.Reason ?? "", denied.Decision.PolicyId))
                .ToList();
        var allowed = decided[true].Sum(same => same.Members.Count);
        if (decision.IsAllowed || allowed > 0)
        {
            withheld.Add(OfGroup(group, allowed, others));
        }

        return new Resolution(
            allowed > context.ExpandUpTo ? []
                : [.. decided[true].SelectMany(same => same.Members.Select(user => (new Candidate(user, IsGroup: false), same.Decision)))],
            withheld);
    }

    private Withholding OfGroup(Candidate group, int allowed, List<Denied> others)
    {
        var isExpanded = allowed > 0 && allowed <= context.ExpandUpTo;
        var why = others.Count == 0 ? "" : $", because {Names(others)} must not have it";
        var detail = isExpanded ? $"not granted to group `{Spelled(group)}`{why}; its {allowed} other members got it singly"
            : $"withheld from group `{Spelled(group)}`{why}"
                + (allowed > 0 ? $", and its {allowed} other members are more than Principals:ExpandUpTo" : "");
        return new Withholding(group, isExpanded ? GapCode.GroupExpanded : GapCode.GroupWithheld, detail,
            others.Count == 0 ? null : others[0].Decision.PolicyId);
    }

    private string Names(List<Denied> others)
    {
        const int shown = 5;
        return string.Join(", ", others.Take(shown).Select(denied => $"`{context.Policies.Names.Spelled(denied.User)}`"))
            + (others.Count > shown ? $" and {others.Count - shown} more" : "")
            + (others[0].Decision.PolicyName is { } policy ? $" by policy `{policy}`" : "");
    }

    // A name that Unity Catalog would resolve to a principal of the other sort: the grant would go to somebody else.
    private bool IsMistaken(Candidate candidate) => candidate.IsGroup
        ? context.Directory.KindOfGroup(candidate.Name) == PrincipalKind.Unknown && PrincipalKey.CanNameUser(candidate.Name)
        : context.Directory.KindOfUser(candidate.Name) == PrincipalKind.Unknown && !PrincipalKey.CanNameUser(candidate.Name);

    // `account users` holds more than the directory lists. A group that is denied here and lists somebody unlisted may
    // hold such a one.
    private bool IsAnyoneUnlisted(string accessType)
    {
        if (!_anyoneUnlisted.TryGetValue(accessType, out var anyone))
        {
            _anyoneUnlisted[accessType] = anyone = decider.ItemsTaking(accessType).SelectMany(context.Candidates.NamedBy)
                .Any(named => named.IsGroup && context.Directory.KindOfGroup(named.Name) != PrincipalKind.Unknown
                    && context.Directory.MembersOf(named.Name) is null);
        }

        return anyone;
    }

    private string Spelled(Candidate candidate) => context.Candidates.Spelled(candidate);

    private readonly record struct Denied(string User, Decision Decision);
}
