using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>
/// Says who should hold a privilege on behalf of a named principal. A group holds it only when no member is denied
/// it; else its allowed members hold it singly, or nobody does (specification §3.4).
/// </summary>
internal sealed class GrantResolver(DesiredContext context, LevelDecider decider)
{
    /// <summary>Why a principal does not get what <see cref="MayTakeFromAnybody"/> could take from it.</summary>
    public const string AnybodyTaken =
        "the directory does not say who is in a group that is denied here, so this principal may be in it";

    private readonly Dictionary<string, bool> _anyoneUnlisted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _anybodyTaken = new(StringComparer.Ordinal);
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
            return !accessTypes.Any(type => IsOpenToGroups(candidate, decider.ItemsTaking(type)) || MayTakeFromAnybody(type));
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
        if (MayTakeFromAnybody(accessType) || (group == PrincipalKey.AccountUsers && IsAnyoneUnlisted(accessType)))
        {
            return null;
        }

        if (!_classes.TryGetValue(group, out var classes))
        {
            _classes[group] = classes = decider.MembersOf(group);
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

    /// <summary>
    /// Whether an item that can take the access away names a group of which the directory does not say who is in it: then
    /// no principal is certain to keep the access.
    /// </summary>
    public bool MayTakeFromAnybody(string accessType)
    {
        if (!_anybodyTaken.TryGetValue(accessType, out var anybody))
        {
            _anybodyTaken[accessType] = anybody = decider.ItemsTaking(accessType).SelectMany(context.Candidates.NamedBy)
                .Any(named => named.IsGroup && context.Directory.MayHoldAnybody(named.Name));
        }

        return anybody;
    }

    private Resolution ResolveUser(Candidate user, string accessType, Decision decision) =>
        !decision.IsGiven ? Resolution.Nobody
        : !decision.IsAllowed ? Resolution.Without(Withholding.Of(user, decision))
        : IsMistaken(user) ? Withhold(user, decision, GapCode.PrincipalUnknown,
            $"`{Spelled(user)}` is named as a user, but is neither an e-mail nor an application id, so Unity Catalog could only take it for "
            + "a group; Principals:Map can rewrite it")
        : IsOpenToGroups(user, decider.ItemsTaking(accessType)) ? Withhold(user, decision, GapCode.MembershipUnknown,
            "the directory does not list this principal, so nobody can say whether a group that is denied here contains it")
        : MayTakeFromAnybody(accessType) ? Withhold(user, decision, GapCode.MembershipUnknown, AnybodyTaken)
        : Resolution.Whole(user, decision);

    private Resolution ResolveGroup(Candidate group, string accessType, Decision decision)
    {
        // A security zone below may stop it although nothing takes it away: then its members are asked one by one.
        var isTakeable = decider.CanBeTaken(accessType) || decision.Kind == DecisionKind.Withheld;
        var members = isTakeable ? ClassesOf(group.Name, accessType) : null;
        var letsIn = isTakeable
            && (members?.Any(same => decider.Decide(same.Subject, accessType).IsGiven) ?? decider.CanBeLetIn(accessType));
        return !decision.IsGiven && !letsIn ? Resolution.Nobody
            : IsMistaken(group) ? Withhold(group, decision, GapCode.PrincipalUnknown,
                $"`{group.Name}` is named as a group, and Unity Catalog could take it for a user")
            : context.Directory.KindOfGroup(group.Name) == PrincipalKind.WorkspaceGroup ? Withhold(group, decision, GapCode.PrincipalLocal,
                $"`{group.Name}` is a group of the workspace only; Unity Catalog grants to account groups")
            : !isTakeable ? Resolution.Whole(group, decision)
            : members is not null ? new GroupExpansion(
                context, group, decision, members.Select(same => (same, decider.Decide(same.Subject, accessType)))).Resolve()
            : decision.Kind == DecisionKind.Withheld ? Resolution.Without(Withholding.Of(group, decision))
            : Withhold(group, decision, GapCode.MembershipUnknown,
                $"something here can be denied to members of `{Spelled(group)}`, and who they are is not known");
    }

    private static Resolution Withhold(Candidate principal, Decision decision, GapCode code, string reason) =>
        Resolution.Without(new(principal, code, reason, decision.PolicyId));

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
}
