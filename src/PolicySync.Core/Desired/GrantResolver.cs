using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>
/// Resolves which principals should hold a privilege for a named principal. A group holds it only when no member is denied it;
/// otherwise its allowed members hold it individually, or no member does (specification §3.4).
/// </summary>
internal sealed class GrantResolver(DesiredContext context, LevelDecider decider)
{
    /// <summary>Why a privilege is withheld that <see cref="MayDenyUnlistedMembers"/> puts in doubt.</summary>
    public const string MayBeDenied =
        "the directory does not list the members of a group that is denied here, so this principal may be one of them";

    private readonly Dictionary<string, bool> _unlistedMember = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _deniesUnlisted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<MemberClass>?> _classes = new(StringComparer.Ordinal);

    /// <summary>Holders of <paramref name="accessType"/> on behalf of <paramref name="candidate"/>.</summary>
    public Resolution Resolve(Candidate candidate, string accessType)
    {
        var subject = context.Subjects.Of(candidate);
        var decision = decider.Decide(subject, accessType);
        return !candidate.IsGroup ? ResolveUser(candidate, accessType, decision)
            : decider.IsNamed(subject, accessType) ? ResolveGroup(candidate, accessType, decision)
            : Resolution.None;
    }

    /// <summary>Whether <paramref name="candidate"/> may have all of the access types.</summary>
    public bool MayHoldAll(Candidate candidate, IReadOnlyCollection<string> accessTypes)
    {
        var subject = context.Subjects.Of(candidate);
        if (!accessTypes.All(type => decider.Decide(subject, type).IsAllowed))
        {
            return false;
        }

        if (!candidate.IsGroup)
        {
            return !accessTypes.Any(type => IsOpenToGroups(candidate, decider.ItemsTaking(type)) || MayDenyUnlistedMembers(type));
        }

        var taken = accessTypes.Where(decider.CanBeTaken).ToList();
        return taken.Count == 0
            || (taken.TrueForAll(type => ClassesOf(candidate.Name, type) is not null)
                && ClassesOf(candidate.Name, taken[0])!.All(same => accessTypes.All(type => decider.Decide(same.Subject, type).IsAllowed)));
    }

    /// <summary>
    /// The members of a group in classes that the policies here cannot tell apart; null when a deny can concern a member that
    /// the directory does not list.
    /// </summary>
    public IReadOnlyList<MemberClass>? ClassesOf(string group, string accessType)
    {
        if (MayDenyUnlistedMembers(accessType) || (group == PrincipalKey.AccountUsers && HasUnlistedMember(accessType)))
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
    /// Whether the principal may belong to a group or role that the items name, because the directory does not list it.
    /// </summary>
    public bool IsOpenToGroups(Candidate user, IEnumerable<RangerPolicyItem> items) =>
        context.Directory.KindOfUser(user.Name) == PrincipalKind.Unknown
        && items.Any(item => item.Roles.Count > 0
            || item.Groups.Exists(group => group is not (PrincipalKey.AccountUsers or NameMapper.Public)));

    /// <summary>
    /// Whether an item that can take the access away names a group whose members the directory does not list: then no
    /// principal is certain to keep the access.
    /// </summary>
    public bool MayDenyUnlistedMembers(string accessType)
    {
        if (!_deniesUnlisted.TryGetValue(accessType, out var denies))
        {
            _deniesUnlisted[accessType] = denies = decider.ItemsTaking(accessType).SelectMany(context.Candidates.NamedBy)
                .Any(named => named.IsGroup && context.Directory.HasUnknownMembers(named.Name));
        }

        return denies;
    }

    private Resolution ResolveUser(Candidate user, string accessType, Decision decision) =>
        !decision.IsGiven ? Resolution.None
        : !decision.IsAllowed ? Resolution.Without(Withholding.Of(user, decision))
        : IsMistaken(user) ? Withhold(user, decision, GapCode.PrincipalUnknown,
            $"`{Spelled(user)}` is named as a user, but is neither an e-mail nor an application id, so Unity Catalog could resolve it only to "
            + "a group; rewrite it with Principals:Map")
        : IsOpenToGroups(user, decider.ItemsTaking(accessType)) ? Withhold(user, decision, GapCode.MembershipUnknown,
            "the directory does not list this principal, so it may be a member of a group that is denied here")
        : MayDenyUnlistedMembers(accessType) ? Withhold(user, decision, GapCode.MembershipUnknown, MayBeDenied)
        : Resolution.Whole(user, decision);

    private Resolution ResolveGroup(Candidate group, string accessType, Decision decision)
    {
        // A security zone below may prevent it although nothing denies it: then each member is evaluated.
        var isTakeable = decider.CanBeTaken(accessType) || decision.Kind == DecisionKind.Withheld;
        var members = isTakeable ? ClassesOf(group.Name, accessType) : null;
        var readmits = isTakeable
            && (members?.Any(same => decider.Decide(same.Subject, accessType).IsGiven) ?? decider.CanBeReadmitted(accessType));
        return !decision.IsGiven && !readmits ? Resolution.None
            : IsMistaken(group) ? Withhold(group, decision, GapCode.PrincipalUnknown,
                $"`{group.Name}` is named as a group, and Unity Catalog could resolve it to a user")
            : context.Directory.KindOfGroup(group.Name) == PrincipalKind.WorkspaceGroup ? Withhold(group, decision, GapCode.PrincipalLocal,
                $"`{group.Name}` is a workspace-local group; Unity Catalog grants to account groups only")
            : !isTakeable ? Resolution.Whole(group, decision)
            : members is not null ? new GroupExpansion(
                context, group, decision, members.Select(same => (same, decider.Decide(same.Subject, accessType)))).Resolve()
            : decision.Kind == DecisionKind.Withheld ? Resolution.Without(Withholding.Of(group, decision))
            : Withhold(group, decision, GapCode.MembershipUnknown,
                $"something here can be denied to members of `{Spelled(group)}`, and its members are unknown");
    }

    private static Resolution Withhold(Candidate principal, Decision decision, GapCode code, string reason) =>
        Resolution.Without(new(principal, code, reason, decision.PolicyId));

    // A name that Unity Catalog would resolve to a principal of the other kind: the grant would go to another principal.
    private bool IsMistaken(Candidate candidate) => candidate.IsGroup
        ? context.Directory.KindOfGroup(candidate.Name) == PrincipalKind.Unknown && PrincipalKey.CanNameUser(candidate.Name)
        : context.Directory.KindOfUser(candidate.Name) == PrincipalKind.Unknown && !PrincipalKey.CanNameUser(candidate.Name);

    // `account users` has more members than the directory lists. A denied group with an unlisted member may contain one of them.
    private bool HasUnlistedMember(string accessType)
    {
        if (!_unlistedMember.TryGetValue(accessType, out var has))
        {
            _unlistedMember[accessType] = has = decider.ItemsTaking(accessType).SelectMany(context.Candidates.NamedBy)
                .Any(named => named.IsGroup && context.Directory.KindOfGroup(named.Name) != PrincipalKind.Unknown
                    && context.Directory.MembersOf(named.Name) is null);
        }

        return has;
    }

    private string Spelled(Candidate candidate) => context.Candidates.Spelled(candidate);
}
