using PolicySync.Core.Policies;
using PolicySync.Core.Tasks;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Decides for principals at one resource. Allowing takes a policy that names this level (specification §3.5); a
/// grant also reaches what lies below, so any deny, exception, deny-all-else, filter or mask of a policy that can
/// match at or below stands against it, whether or not such an object exists yet. A table is a container too: of its
/// columns.
/// </summary>
internal sealed class LevelDecider
{
    private readonly PolicyView _view;
    private readonly string _level;
    private readonly ItemMatch _items;
    private readonly string? _owner;
    private readonly List<MatchedPolicy> _own = [];
    private readonly List<MatchedPolicy> _deeper = [];
    private readonly List<MatchedPolicy> _restrictive = [];
    private readonly HashSet<MatchedPolicy> _ownSet;
    private readonly Dictionary<(string Signature, string AccessType), Decision> _cache = [];
    private readonly HashSet<string> _namedUsers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _namedGroups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _namedRoles = new(StringComparer.Ordinal);

    public LevelDecider(RangerEngine engine, RangerResource resource, string level, DateTimeOffset at)
    {
        _view = engine.ViewOf(resource, at);
        _level = level;
        _items = new ItemMatch(engine);
        _owner = resource.OwnerUser;
        foreach (var policy in _view.Access)
        {
            (IsOwn(policy) ? _own : _deeper).Add(policy);
            if (policy.Policy is { IsDenyAllElse: true } or { DenyPolicyItems.Count: > 0 } or { AllowExceptions.Count: > 0 })
            {
                _restrictive.Add(policy);
            }
        }

        _ownSet = [.. _own];
        foreach (var item in _view.Access.SelectMany(policy => policy.Policy.PolicyItems
                     .Concat(policy.Policy.DenyPolicyItems).Concat(policy.Policy.AllowExceptions).Concat(policy.Policy.DenyExceptions))
                     .Concat(GuardPolicies.SelectMany(policy => GuardItems(policy))))
        {
            _namedUsers.UnionWith(item.Users);
            _namedGroups.UnionWith(item.Groups);
            _namedRoles.UnionWith(item.Roles);
        }
    }

    /// <summary>Policies that name this level and match here: their allow items can become grants.</summary>
    public IReadOnlyList<MatchedPolicy> Own => _own;

    /// <summary>All access policies that match at or below.</summary>
    public IReadOnlyList<MatchedPolicy> AtOrBelow => _view.Access;

    /// <summary>Access policies whose items can take something away, at or below.</summary>
    public IReadOnlyList<MatchedPolicy> Restrictive => _restrictive;

    /// <summary>Row-filter and mask policies at or below.</summary>
    public IEnumerable<MatchedPolicy> GuardPolicies => _view.Filters.Concat(_view.Masks);

    /// <summary>
    /// Whether anything at or below can take <paramref name="accessType"/> from somebody. Where nothing can, no member
    /// of a group needs to be looked at.
    /// </summary>
    public bool CanBeTaken(string accessType) =>
        _restrictive.Exists(policy => policy.Policy.IsDenyAllElse
            || policy.Policy.DenyPolicyItems.Concat(policy.Policy.AllowExceptions).Any(item => _items.Covers(item, accessType)))
        || (IsRead(accessType) && GuardPolicies.Any());

    /// <summary>Like <see cref="CanBeTaken"/>, but only through groups, roles or everybody: names alone do not count.</summary>
    public bool CanBeTakenByGroup(string accessType) =>
        _restrictive.Exists(policy => policy.Policy.IsDenyAllElse
            || policy.Policy.DenyPolicyItems.Concat(policy.Policy.AllowExceptions).Any(item =>
                _items.Covers(item, accessType) && (item.Groups.Count > 0 || item.Roles.Count > 0)))
        || (IsRead(accessType) && GuardPolicies.SelectMany(GuardItems).Any(item => item.Groups.Count > 0 || item.Roles.Count > 0));

    /// <summary>Whether an allow item of this level names the principal for the access, denied or not.</summary>
    public bool IsNamed(Subject subject, string accessType) =>
        _own.Exists(policy => policy.Policy.PolicyItems.Exists(item =>
            _items.Covers(item, accessType) && ItemMatch.Names(item, subject, _owner)));

    /// <summary>Whether policy denies the access outright, rather than just not giving it.</summary>
    public AccessDecision ExplicitDeny(Subject subject, string accessType) => _view.Evaluate(subject, accessType);

    /// <summary>The decision for one principal and one access type.</summary>
    public Decision Decide(Subject subject, string accessType)
    {
        var key = (SignatureOf(subject), accessType);
        if (!_cache.TryGetValue(key, out var decision))
        {
            _cache[key] = decision = DecideAfresh(subject, accessType);
        }

        return decision;
    }

    private Decision DecideAfresh(Subject subject, string accessType)
    {
        var here = _view.Evaluate(subject, accessType, _ownSet.Contains);
        if (here.Verdict != AccessVerdict.Allowed)
        {
            return new Decision(DecisionKind.NotAllowed, here.PolicyId, here.PolicyName);
        }

        foreach (var policy in _deeper)
        {
            if (policy.EvaluateAlone(subject, accessType).Verdict == AccessVerdict.Denied || HitsException(policy, subject, accessType))
            {
                return new Decision(DecisionKind.Withheld, policy.Policy.Id, policy.Policy.Name,
                    _level == RangerResources.LevelOf(Securables.SecurableType.Table) ? GapCode.ColumnNotExpressible : GapCode.ContainerWithheld,
                    $"policy `{policy.Policy.Name}` denies it on something below, which a grant here would reach");
            }
        }

        if (IsRead(accessType) && GuardPolicies.FirstOrDefault(policy => Guards(policy, subject)) is { } guard)
        {
            return new Decision(DecisionKind.Withheld, guard.Policy.Id, guard.Policy.Name, GapCode.GuardUnavailable,
                $"the row filter or mask of policy `{guard.Policy.Name}` applies and cannot be set");
        }

        return new Decision(DecisionKind.Allowed, here.PolicyId, here.PolicyName);
    }

    private bool HitsException(MatchedPolicy policy, Subject subject, string accessType) =>
        policy.Policy.AllowExceptions.Exists(item =>
            _items.Covers(item, accessType) && ItemMatch.Names(item, subject, _owner));

    // The first item of a guard policy that names the principal decides in that policy; MASK_NONE means unmasked
    // (Ranger: RangerDefaultPolicyEvaluator). Conditions are not looked at: what cannot be evaluated withholds.
    private bool Guards(MatchedPolicy policy, Subject subject) =>
        GuardItems(policy).FirstOrDefault(item => ItemMatch.Names(item, subject, _owner)) switch
        {
            null => false,
            RangerDataMaskPolicyItem mask => mask.DataMaskInfo?.DataMaskType is not "MASK_NONE" || mask.Conditions.Count > 0,
            RangerRowFilterPolicyItem filter => !string.IsNullOrWhiteSpace(filter.RowFilterInfo?.FilterExpr),
            _ => true,
        };

    private static IEnumerable<RangerPolicyItem> GuardItems(MatchedPolicy policy) =>
        policy.Policy.PolicyType == RangerPolicy.DataMaskType ? policy.Policy.DataMaskPolicyItems : policy.Policy.RowFilterPolicyItems;

    // Guards are about reading; ALL_PRIVILEGES includes it and is decided by its parts.
    private static bool IsRead(string accessType) => string.Equals(accessType, "select", StringComparison.OrdinalIgnoreCase);

    private bool IsOwn(MatchedPolicy policy) => policy.Sets.Any(set =>
        set.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants
        && string.Equals(RangerResources.LevelOf(set), _level, StringComparison.Ordinal));

    // Two principals whom the policies here cannot tell apart get one evaluation: what makes groups of thousands cheap.
    private string SignatureOf(Subject subject)
    {
        var user = subject.User is null ? (subject.IsAnyUser ? "\u0002" : "\u0001")
            : _namedUsers.Contains(subject.User) || string.Equals(subject.User, _owner, StringComparison.Ordinal) ? subject.User : "";
        return string.Join('\n',
            subject.Groups.Where(_namedGroups.Contains).Order(StringComparer.Ordinal)
                .Prepend("g").Concat(subject.Roles.Where(_namedRoles.Contains).Order(StringComparer.Ordinal).Prepend("r")).Prepend(user));
    }
}
