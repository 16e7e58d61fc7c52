using PolicySync.Core.Policies;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>
/// The holders of USE on a container: exactly the principals that policies allow something at or below it, computed from
/// policies alone, and never a group that was expanded or withheld below. A deny of USE on the container itself wins
/// (specification §3.6).
/// </summary>
internal sealed class UseRule
{
    /// <summary>Largest number of objects evaluated for one policy. A gap reports a policy that names more.</summary>
    private const int MaxObjects = 1024;

    private readonly DesiredContext _context;
    private readonly LevelDecider _here;
    private readonly GapList _gaps;
    private readonly Dictionary<string, string> _elements;
    private readonly string _level;
    private readonly GrantResolver _resolverHere;
    private readonly Representatives _representatives;
    private readonly List<Candidate> _excepted;
    private readonly Dictionary<string, GrantResolver> _resolvers = new(StringComparer.Ordinal);
    private readonly Dictionary<Candidate, Decision> _holders = [];
    private readonly Dictionary<Candidate, Withholding> _withheld = [];

    public UseRule(DesiredContext context, LevelDecider here, GapList gaps)
    {
        (_context, _here, _gaps) = (context, here, gaps);
        (_elements, _level) = (RangerResources.Elements(context.Facts.Securable), RangerResources.LevelOf(context.Type));
        _resolverHere = new GrantResolver(context, here);
        _representatives = new Representatives(
            _elements, [.. here.Restrictive, .. here.Guards.Policies, .. here.AtOrBelow.Where(policy => policy.Tag is not null)], here.Zones);
        _excepted = [.. here.Restrictive.SelectMany(policy => policy.Policy.DenyExceptions).SelectMany(context.Candidates.NamedBy).Distinct()];
        AccessType = Privilege.AccessTypeOf(context.Type == SecurableType.Catalog ? Privilege.UseCatalog : Privilege.UseSchema);
    }

    /// <summary>The access type: <c>use_catalog</c> or <c>use_schema</c>.</summary>
    public string AccessType { get; }

    /// <summary>Holders of USE, each with a policy that gives something at or below.</summary>
    public IEnumerable<(Candidate Holder, Decision Decision)> Holders()
    {
        foreach (var policy in _here.AtOrBelow)
        {
            Ask(policy, policy.Policy.PolicyItems.SelectMany(item => PairsOf(item, _context.Candidates.NamedBy(item))));
        }

        // A principal re-admitted by an exception may hold what its denied group does not.
        foreach (var policy in _here.AtOrBelow)
        {
            Ask(policy, policy.Policy.PolicyItems.SelectMany(item => PairsOf(item, _excepted.Where(candidate => !IsCovered(candidate)))));
        }

        ReportWithheld();
        ReportUnseenTags();
        return _holders.SelectMany(holder => WithoutDenied(holder.Key, holder.Value)).ToList();
    }

    private void Ask(MatchedPolicy policy, IEnumerable<(Candidate Candidate, string AccessType)> pairs)
    {
        var named = pairs.Distinct().GroupBy(pair => pair.Candidate, pair => pair.AccessType)
            .Select(same => (Candidate: same.Key, Types: same.ToList()))
            .Where(named => !_holders.ContainsKey(named.Candidate)).ToList();
        if (named.Count == 0)
        {
            return;
        }

        var asked = 0;
        foreach (var (resolver, level) in ResolversFor(policy))
        {
            foreach (var (candidate, types) in named)
            {
                AddHolders(resolver, candidate, types.Where(type => LevelPrivileges.CanHave(level, type)));
            }

            named.RemoveAll(named => _holders.ContainsKey(named.Candidate));
            if (named.Count == 0)
            {
                return;
            }

            if (++asked == MaxObjects)
            {
                WithholdAll(named.ConvertAll(named => named.Candidate), policy.Policy);
                return;
            }
        }
    }

    // The first access type that gives the candidate, or its members, something decides: USE needs no more.
    private void AddHolders(GrantResolver resolver, Candidate candidate, IEnumerable<string> accessTypes)
    {
        foreach (var accessType in accessTypes)
        {
            if (_holders.ContainsKey(candidate))
            {
                return;
            }

            var (holders, withheld) = resolver.Resolve(candidate, accessType);
            foreach (var (holder, decision) in holders)
            {
                _holders.TryAdd(holder, decision);
            }

            foreach (var withholding in withheld.Where(withholding => withholding.Code != GapCode.GroupExpanded))
            {
                _withheld.TryAdd(withholding.Principal, withholding);
            }
        }
    }

    private void WithholdAll(List<Candidate> candidates, RangerPolicy policy)
    {
        foreach (var candidate in candidates)
        {
            _withheld.TryAdd(candidate, new(candidate, GapCode.ContainerWithheld,
                $"policy `{policy.Name}` names more than {MaxObjects} objects, and the first {MaxObjects} give nothing", policy.Id));
        }
    }

    private IEnumerable<(Candidate, string)> PairsOf(RangerPolicyItem item, IEnumerable<Candidate> candidates) =>
        candidates.SelectMany(candidate =>
            _context.Items.TypesOf(item).Where(type => type != AllPrivilegesRule.AccessType).Select(type => (candidate, type)));

    private IEnumerable<(GrantResolver Resolver, string Level)> ResolversFor(MatchedPolicy policy) =>
        policy.Tag is not null ? ResolversForTag(policy) : policy.Sets.SelectMany(ResolversFor);

    // A tag applies to the tagged object and everything in it. Columns have no grants.
    private IEnumerable<(GrantResolver Resolver, string Level)> ResolversForTag(MatchedPolicy policy)
    {
        IEnumerable<(Dictionary<string, string> Elements, string Level)> tagged = policy.DecidesItself ? [(_elements, _level)]
            : policy.Sets.SelectMany(set => _representatives.Of(set).Select(elements => (elements, RangerResources.LevelOf(set))));
        return tagged.SelectMany(carrier => _representatives.AllBelow(carrier.Elements, carrier.Level, _ => true)
                .Where(below => below.Level != RangerResources.Column).Prepend(carrier))
            .Select(below => (below.Level == _level ? _resolverHere : ResolverOf(below.Elements, below.Level), below.Level));
    }

    private IEnumerable<(GrantResolver Resolver, string Level)> ResolversFor(MatchedResourceSet set)
    {
        var level = RangerResources.LevelOf(set);
        if (level != _level)
        {
            return _representatives.Of(set).Select(elements => (ResolverOf(elements, level), level));
        }

        return set.Match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants ? [(_resolverHere, level)] : [];
    }

    // Policies for the same objects share one decider.
    private GrantResolver ResolverOf(Dictionary<string, string> elements, string level)
    {
        var key = Representatives.KeyOf(elements, level);
        if (!_resolvers.TryGetValue(key, out var resolver))
        {
            _resolvers[key] = resolver = new GrantResolver(_context, new LevelDecider(
                _context, elements, level, owner: null, isGuarded: _context.GuardsTables && level == RangerResources.LevelOf(SecurableType.Table)));
        }

        return resolver;
    }

    // A principal from which everything below is withheld needs no USE; the withheld access is still a gap.
    private void ReportWithheld()
    {
        foreach (var (principal, withholding) in _withheld.Where(withheld => !IsCovered(withheld.Key)))
        {
            _gaps.Withheld(withholding.Code, _context.Candidates.Spelled(principal, withholding.PolicyId), Privilege.OfAccessType(AccessType),
                $"everything that policies give below is withheld: {withholding.Reason}", withholding.PolicyId);
        }
    }

    // Tags read object by object are unknown for the objects below, so what they give there leads to no USE.
    private void ReportUnseenTags()
    {
        foreach (var policy in _context.Tags is null ? [] : _here.WhateverTagged)
        {
            foreach (var candidate in policy.Policy.PolicyItems.SelectMany(_context.Candidates.NamedBy).Where(candidate => !IsCovered(candidate)))
            {
                _gaps.Withheld(GapCode.ContainerWithheld, _context.Candidates.Spelled(candidate, policy.Policy.Id), Privilege.OfAccessType(AccessType),
                    $"policy `{policy.Policy.Name}` may give something below through a tag that this run did not read", policy.Policy.Id);
            }
        }
    }

    private bool IsCovered(Candidate principal) =>
        _holders.ContainsKey(principal)
        || _context.GroupsOver(principal).Any(group => _holders.ContainsKey(new Candidate(group, IsGroup: true)));

    private IEnumerable<(Candidate, Decision)> WithoutDenied(Candidate holder, Decision decision)
    {
        var denial = _here.Outright(_context.Subjects.Of(holder), AccessType);
        if (denial.Verdict == AccessVerdict.Denied)
        {
            return Withhold(holder, GapCode.ContainerWithheld,
                $"policy `{denial.PolicyName}` denies it here, so access that policies give below is unreachable", denial.PolicyId);
        }

        if (!_here.CanBeDeniedOutright(AccessType))
        {
            return [(holder, decision)];
        }

        if (!holder.IsGroup)
        {
            return _resolverHere.IsOpenToGroups(holder, _here.ItemsDenyingOutright(AccessType)) ? Withhold(holder, GapCode.MembershipUnknown,
                    "the directory does not list this principal, so it may be a member of a group that is denied here", null)
                : _resolverHere.MayDenyUnlistedMembers(AccessType) ? Withhold(holder, GapCode.MembershipUnknown, GrantResolver.MayBeDenied, null)
                : [(holder, decision)];
        }

        if (_resolverHere.ClassesOf(holder.Name, AccessType) is not { } members)
        {
            return Withhold(holder, GapCode.MembershipUnknown, "USE can be denied here to members of the group, and its members are unknown", null);
        }

        var resolution = new GroupExpansion(_context, holder, decision, members.Select(same => (same, DecisionFor(same, decision)))).Resolve();
        foreach (var (principal, code, reason, policyId) in resolution.Withheld)
        {
            Withhold(principal, code, reason, policyId);
        }

        return resolution.Holders;
    }

    private Decision DecisionFor(MemberClass members, Decision given) =>
        _here.Outright(members.Subject, AccessType) is { Verdict: AccessVerdict.Denied } denial
            ? new Decision(DecisionKind.NotAllowed, denial.PolicyId, denial.PolicyName) : given;

    private IEnumerable<(Candidate, Decision)> Withhold(Candidate principal, GapCode code, string detail, long? policyId)
    {
        _gaps.Withheld(code, _context.Candidates.Spelled(principal, policyId), Privilege.OfAccessType(AccessType), detail, policyId);
        return [];
    }
}
