using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Zones;

namespace PolicySync.Core.Desired;

/// <summary>
/// Decides for principals at one resource. Only a policy that names this level, or a tag policy, allows (specification §3.5). A
/// grant also reaches everything below, so any deny, exception, deny-all-else, filter or mask of a policy that can match at or
/// below prevents it, whether or not such an object exists yet, and so does a security zone that does not give the access. A
/// table is a container of its columns.
/// </summary>
internal sealed class LevelDecider
{
    private readonly DesiredContext _context;
    private readonly IReadOnlyDictionary<string, string> _elements;
    private readonly string _level;
    private readonly LevelPolicies _policies;
    private readonly AccessItems _items;
    private readonly SubjectClasses _classes;
    private readonly Dictionary<string, List<MatchedPolicy>> _takingBelow = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Class, string AccessType), Decision> _decisions = [];
    private readonly Dictionary<(int Class, string AccessType), AccessDecision> _denials = [];
    private readonly bool _hasTagsBelow;
    private readonly bool _isGuarded;
    private readonly bool _hidesColumns;
    private LevelDecider? _withoutOwner;
    private ZoneBoundary? _boundary;

    /// <param name="context">The run.</param>
    /// <param name="elements">The resource: level to name.</param>
    /// <param name="level">The level that policies must name.</param>
    /// <param name="owner">Key of the owner; null when unknown.</param>
    /// <param name="isGuarded">
    /// Whether it is a table below a container, which is assumed to have the guards that policy wants without being read.
    /// </param>
    public LevelDecider(
        DesiredContext context, IReadOnlyDictionary<string, string> elements, string level, string? owner, bool isGuarded = false)
    {
        (_context, _elements, _level, _items) = (context, elements, level, context.Items);
        _policies = new LevelPolicies(context, elements, level, owner);
        _hasTagsBelow = _policies.Type == SecurableType.Table && _policies.Deeper.Any(policy => policy.Tag is not null);
        _isGuarded = isGuarded;
        _hidesColumns = _policies.Type == SecurableType.Table
            && (isGuarded ? context.Sync.MaskDeniedColumns : context.Guards?.HidesDenied == true);
        Restrictive = [.. _policies.All.Where(policy =>
            policy.Policy is { IsDenyAllElse: true } or { DenyPolicyItems.Count: > 0 } or { AllowExceptions.Count: > 0 })];
        _classes = new SubjectClasses(_policies.All.SelectMany(policy => policy.Policy.PolicyItems
            .Concat(AccessItems.Taking(policy.Policy)).Concat(policy.Policy.DenyExceptions)).Concat(Guards.Items), owner);
    }

    /// <summary>The decider of the run's own securable.</summary>
    public static LevelDecider At(DesiredContext context) => new(
        context, RangerResources.Elements(context.Facts.Securable), RangerResources.LevelOf(context.Type),
        context.Facts.Owner is { } owner ? PrincipalKey.Of(owner) : null);

    /// <summary>The policies that apply here, by what they apply to.</summary>
    public LevelPolicies Policies => _policies;

    /// <summary>Policies that decide about this resource itself; their allow items can become grants.</summary>
    public IReadOnlyList<MatchedPolicy> Own => _policies.Own;

    /// <summary>All access policies that match at or below, those of other security zones there included.</summary>
    public IEnumerable<MatchedPolicy> AtOrBelow => _policies.Own.Concat(_policies.Deeper).Concat(_policies.InOtherZones).Distinct();

    /// <summary>Tag policies that apply to objects below once they are tagged.</summary>
    public IReadOnlyList<MatchedPolicy> WhateverTagged => _policies.WhateverTagged;

    /// <summary>Access policies at or below whose items can take access away.</summary>
    public IReadOnlyList<MatchedPolicy> Restrictive { get; }

    /// <summary>Row filters and masks at or below.</summary>
    public GuardPolicies Guards => _policies.Guards;

    /// <summary>Resources of security zones at or below.</summary>
    public IReadOnlyList<ZoneMatch> Zones => _policies.View.Zones;

    /// <summary>Whether the policy decides about this resource itself.</summary>
    public bool IsOwn(MatchedPolicy policy) => _policies.IsOwn(policy);

    /// <summary>Whether a policy that gives something here is a tag policy, which also applies to everything below.</summary>
    public bool IsOfTag(long? policyId, string? policyName) =>
        Own.Any(policy => policy.Tag is not null && policy.Policy.Id == policyId && policy.Policy.Name == policyName);

    /// <summary>
    /// Whether anything at or below can take <paramref name="accessType"/> away. If not, the members of a group need no
    /// evaluation.
    /// </summary>
    public bool CanBeTaken(string accessType) =>
        Own.Any(policy => Takes(policy, accessType)) || (!HidesColumnsFrom(accessType) && TakingBelow(accessType).Count > 0)
        || (GuardPolicies.Concern(accessType) && CanGuardsWithhold);

    /// <summary>
    /// Items that can take the access away. Deny-all-else is not one: it affects only principals that no item names.
    /// </summary>
    public IEnumerable<RangerPolicyItem> ItemsTaking(string accessType) =>
        RestrictiveOn(accessType).SelectMany(policy => AccessItems.Taking(policy.Policy)).Where(item => _items.Covers(item, accessType))
            .Concat(GuardPolicies.Concern(accessType) && CanGuardsWithhold ? Guards.Items : []);

    /// <summary>Whether SELECT can be withheld because a row filter or mask does not do what policy wants.</summary>
    public bool CanGuardsWithhold => !_isGuarded && (InForce?.CanRefuse ?? Guards.Any);

    /// <summary>Whether masks hide denied columns from the principals concerned, so that a denied column does not prevent the access.</summary>
    public bool HidesColumnsFrom(string accessType) => _hidesColumns && GuardPolicies.Concern(accessType);

    /// <summary>Why a row filter or mask prevents the principal from reading; null when none does.</summary>
    public GuardRefusal? GuardAgainst(Subject subject) => _isGuarded ? null
        : InForce is { } inForce ? inForce.RefusalOf(subject)
        : Guards.On(subject) is { } guard ? new GuardRefusal(guard.Policy, GapCode.GuardUnavailable,
            $"the row filter or mask of policy `{guard.Policy.Name}` applies and cannot be set"
            + (_context.Guards?.Unreadable is { } fault ? $": {fault}" : ""))
        : null;

    private TableGuards? InForce => _context.Guards is { Unreadable: null } guards ? guards : null;

    /// <summary>Whether a deny exception at or below could re-admit a principal.</summary>
    public bool CanBeReadmitted(string accessType) =>
        RestrictiveOn(accessType).Any(policy => policy.Policy.DenyExceptions.Exists(item => _items.Covers(item, accessType)));

    /// <summary>Whether an allow item of this level names the principal for the access, denied or not.</summary>
    public bool IsNamed(Subject subject, string accessType) =>
        Own.Any(policy => policy.Policy.PolicyItems.Exists(item => _items.Covers(item, accessType) && Names(item, subject)));

    /// <summary>The members of a group, in classes that get one decision each; null when the membership is not known.</summary>
    public IReadOnlyList<MemberClass>? MembersOf(string group) =>
        _context.Subjects.AlikeIn(group) is { } alike ? _classes.Of(alike, _context.Subjects.User) : null;

    /// <summary>The decision for one principal and one access type.</summary>
    public Decision Decide(Subject subject, string accessType)
    {
        var key = (_classes.Of(subject), accessType);
        if (!_decisions.TryGetValue(key, out var decision))
        {
            _decisions[key] = decision = DecideAfresh(subject, accessType);
        }

        return decision;
    }

    /// <summary>
    /// The verdict of the policies that match the resource itself: those of this level combined, and the deny items of policies
    /// for everything below. Their allow items and deny-all-else do not apply to this level.
    /// </summary>
    public AccessDecision Outright(Subject subject, string accessType)
    {
        var key = (_classes.Of(subject), accessType);
        if (!_denials.TryGetValue(key, out var said))
        {
            said = _policies.View.Evaluate(subject, accessType, _policies.IsOwn);
            if (said.Verdict != AccessVerdict.Denied
                && _policies.Deeper.FirstOrDefault(policy => policy.DecidesItself && DeniesByItem(policy, subject, accessType)) is { } wider)
            {
                said = wider.EvaluateAlone(subject, accessType);
            }

            _denials[key] = said;
        }

        return said;
    }

    /// <summary>Whether <see cref="Outright"/> can deny the access.</summary>
    public bool CanBeDeniedOutright(string accessType) =>
        Own.Any(policy => policy.Policy.IsDenyAllElse) || ItemsDenyingOutright(accessType).Any();

    /// <summary>Deny items of policies that match the resource itself.</summary>
    public IEnumerable<RangerPolicyItem> ItemsDenyingOutright(string accessType) => Own.Concat(_policies.Deeper)
        .Where(policy => policy.DecidesItself).SelectMany(policy => policy.Policy.DenyPolicyItems).Where(item => _items.Covers(item, accessType));

    /// <summary>How the policies of this level decide what <see cref="Decide"/> starts from: the same evaluation, recorded.</summary>
    public DecisionTrace Trace(Subject subject, string accessType) => _policies.View.Trace(subject, accessType, _policies.IsOwn);

    private Decision DecideAfresh(Subject subject, string accessType)
    {
        var here = _policies.View.Evaluate(subject, accessType, _policies.IsOwn);
        if (here.Verdict != AccessVerdict.Allowed)
        {
            return new Decision(DecisionKind.NotAllowed, here.PolicyId, here.PolicyName);
        }

        // A principal that has it only as owner gets no grant: the grant would outlive the ownership.
        if (subject.User is { } user && string.Equals(user, _policies.View.Resource.OwnerUser, StringComparison.Ordinal)
            && WithoutOwner().Decide(subject, accessType) is { IsAllowed: false } otherwise)
        {
            return otherwise;
        }

        var code = _level == RangerResources.LevelOf(SecurableType.Table) ? GapCode.ColumnNotExpressible : GapCode.ContainerWithheld;
        var hides = HidesColumnsFrom(accessType);
        if (!hides && TakingBelow(accessType).Find(policy => TakesFrom(policy, subject, accessType)) is { } deeper)
        {
            return new Decision(DecisionKind.Withheld, deeper.Policy.Id, deeper.Policy.Name, code,
                $"policy `{deeper.Policy.Name}` denies it on something below, which a grant here would reach");
        }

        // In Ranger an allow by tag can hide the allow of a policy with a higher priority, so that a deny takes effect.
        if (!hides && _hasTagsBelow && _policies.View.Evaluate(subject, accessType, policy => policy.Tag is not null || _policies.IsOwn(policy))
            is { Verdict: AccessVerdict.Denied } tagged)
        {
            return new Decision(DecisionKind.Withheld, tagged.PolicyId, tagged.PolicyName, code,
                $"policy `{tagged.PolicyName}` denies it on something below that carries a tag, which a grant here would reach");
        }

        if (GuardPolicies.Concern(accessType) && GuardAgainst(subject) is { } guard)
        {
            return new Decision(DecisionKind.Withheld, guard.Policy.Id, guard.Policy.Name, guard.Code, guard.Reason);
        }

        if (!hides && ReachesOtherZones(accessType) && Boundary().Missing(subject, accessType) is { } part)
        {
            return new Decision(DecisionKind.Withheld, null, null, code,
                $"a grant here would reach {part.Description}, where only its own policies apply, and they do not give it");
        }

        return new Decision(DecisionKind.Allowed, here.PolicyId, here.PolicyName);
    }

    private LevelDecider WithoutOwner() =>
        _withoutOwner ??= new LevelDecider(_context, _elements, _level, owner: null, _isGuarded);

    private IEnumerable<MatchedPolicy> RestrictiveOn(string accessType) =>
        HidesColumnsFrom(accessType) ? Restrictive.Where(IsOwn) : Restrictive;

    private ZoneBoundary Boundary() =>
        _boundary ??= new ZoneBoundary(_context, _elements, _level, _policies);

    private bool ReachesOtherZones(string accessType) => _policies.OtherZones.Count > 0 && (ReachesBelow(accessType)
        || (_policies.Type == SecurableType.Table && LevelPrivileges.CanHave(RangerResources.Column, accessType)));

    private bool ReachesBelow(string accessType) =>
        _policies.Type is { } type && PrivilegeMatrix.IsInheritable(Privilege.Normalise(accessType, type), type);

    private bool TakesFrom(MatchedPolicy policy, Subject subject, string accessType) =>
        policy.EvaluateAlone(subject, accessType).Verdict == AccessVerdict.Denied
        || policy.Policy.AllowExceptions.Exists(item => _items.Covers(item, accessType) && Names(item, subject));

    private bool Takes(MatchedPolicy policy, string accessType) =>
        policy.Policy.IsDenyAllElse || AccessItems.Taking(policy.Policy).Any(item => _items.Covers(item, accessType));

    private List<MatchedPolicy> TakingBelow(string accessType)
    {
        if (!_takingBelow.TryGetValue(accessType, out var policies))
        {
            _takingBelow[accessType] = policies =
            [
                .. _policies.Deeper.Concat(_policies.InOtherZones).Where(policy => TakesBelow(policy, accessType)),
                .. _policies.WhateverTagged.Where(policy => ReachesBelow(accessType) && Takes(policy, accessType)),
            ];
        }

        return policies;
    }

    // A privilege that no object of a level can have is not denied there by deny-all-else, nor as part of all_privileges; an
    // item that names it explicitly does deny it.
    private bool TakesBelow(MatchedPolicy policy, string accessType) =>
        Takes(policy, accessType)
        && (policy.Sets.Any(set => !_policies.IsOwn(set) && LevelPrivileges.CanHave(RangerResources.LevelOf(set), accessType))
            || AccessItems.Taking(policy.Policy).Any(item => AccessItems.Written(item).Contains(accessType)));

    private bool DeniesByItem(MatchedPolicy policy, Subject subject, string accessType) =>
        policy.EvaluateAlone(subject, accessType).Verdict == AccessVerdict.Denied
        && policy.Policy.DenyPolicyItems.Exists(item => _items.Covers(item, accessType) && Names(item, subject));

    private bool Names(RangerPolicyItem item, Subject subject) => AccessItems.Names(item, subject, _policies.View.Resource.OwnerUser);
}
