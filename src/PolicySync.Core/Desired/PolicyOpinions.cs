using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Desired;

/// <summary>
/// What policy says about principals on one securable, one by one. The rules are those by which grants are computed: this asks the same
/// objects. Not safe for concurrent use.
/// </summary>
public sealed class PolicyOpinions
{
    private readonly DesiredContext _context;
    private readonly DesiredState _desired;
    private readonly LevelDecider _decider;
    private readonly GrantResolver _resolver;

    private PolicyOpinions(DesiredContext context, DesiredState desired)
    {
        (_context, _desired) = (context, desired);
        var owner = context.Facts.Owner is { } name ? PrincipalKey.Of(name) : null;
        _decider = new LevelDecider(context, RangerResources.Elements(context.Facts.Securable), RangerResources.LevelOf(context.Type), owner);
        _resolver = new GrantResolver(context, _decider);
    }

    /// <summary>The opinions about one securable.</summary>
    /// <param name="inputs">Policies and what they are evaluated with.</param>
    /// <param name="facts">The securable.</param>
    /// <param name="guards">Its row filter and masks; null where none can be set.</param>
    /// <param name="guardsTables">Whether row filters and masks are set on tables at all.</param>
    /// <param name="desired">What policy wants granted on it, computed from the same.</param>
    public static PolicyOpinions On(PolicyInputs inputs, SecurableFacts facts, TableGuards? guards, bool guardsTables, DesiredState desired) =>
        new(new DesiredContext(inputs, facts, guards, guardsTables), desired);

    /// <summary>The opinion about one privilege of one principal.</summary>
    /// <param name="principal">A user, service principal or group.</param>
    /// <param name="isGroup">Whether it is a group.</param>
    /// <param name="privilege">Upper case with underscores.</param>
    public PolicyOpinion About(string principal, bool isGroup, string privilege)
    {
        var candidate = new Candidate(isGroup ? principal : PrincipalKey.Of(principal), isGroup);
        var accessType = Privilege.AccessTypeOf(privilege);
        if (GrantFor(candidate, privilege) is { } grant && _decider.Outright(_context.Subjects.Of(candidate), accessType).Verdict != AccessVerdict.Denied)
        {
            return new PolicyOpinion(PolicyVerdict.Allowed, grant.PolicyId, grant.PolicyName);
        }

        var (holders, withheld) = _resolver.Resolve(candidate, accessType);
        var own = holders.FirstOrDefault(holder => holder.Holder == candidate);
        if (own.Holder == candidate && privilege != Privilege.AllPrivileges && !Privilege.IsUse(privilege))
        {
            return new PolicyOpinion(PolicyVerdict.Allowed, own.Decision.PolicyId, own.Decision.PolicyName);
        }

        var denial = _decider.Outright(_context.Subjects.Of(candidate), accessType);
        return denial.Verdict == AccessVerdict.Denied ? new PolicyOpinion(PolicyVerdict.Denied, denial.PolicyId, denial.PolicyName)
            : withheld.Count > 0 ? new PolicyOpinion(PolicyVerdict.Withheld, withheld[0].PolicyId, null, withheld[0].Code, withheld[0].Reason)
            : GapFor(candidate, privilege) is { } gap ? new PolicyOpinion(PolicyVerdict.Withheld, gap.PolicyId, null, gap.Code, gap.Detail)
            : new PolicyOpinion(PolicyVerdict.NotAllowed, null, null);
    }

    // A grant that policy wants for the principal, or for a group over it. USE and ALL_PRIVILEGES follow rules of their own, whose result it is.
    private DesiredGrant? GrantFor(Candidate candidate, string privilege)
    {
        var keys = _context.GroupsOver(candidate).Append(candidate.Name).ToHashSet(StringComparer.Ordinal);
        return _desired.Grants.FirstOrDefault(grant => keys.Contains(PrincipalKey.Of(grant.Principal))
            && (grant.Privilege == privilege
                || (grant.Privilege == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege))
                || (grant.Privilege == Privilege.Modify && Privilege.IsPartOfModify(privilege))));
    }

    // What a group over the principal is not given of USE, the principal is not given either. Other privileges are resolved for itself.
    private Gap? GapFor(Candidate candidate, string privilege)
    {
        var withheld = _desired.Gaps.Where(gap => gap is { Direction: GapDirection.Withheld, Principal: not null } && gap.Privilege == privilege).ToList();
        return withheld.Find(gap => KeyOf(gap) == candidate.Name)
            ?? (Privilege.IsUse(privilege) ? withheld.Find(gap => _context.Subjects.Of(candidate).Groups.Contains(KeyOf(gap))) : null);
    }

    private static string KeyOf(Gap gap) => PrincipalKey.Of(gap.Principal == NameMapper.Public ? PrincipalKey.AccountUsers : gap.Principal!);
}
