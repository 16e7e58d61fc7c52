using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>
/// Computes the grants that policy wants on a securable, by evaluating Ranger's policies for each principal that they name
/// (specification §3). Pure: same input, same output.
/// </summary>
public sealed class DesiredStateBuilder
{
    private readonly DesiredContext _context;
    private readonly LevelDecider _decider;
    private readonly GapList _gaps = new();
    private readonly GrantResolver _resolver;
    private readonly AllPrivilegesRule _all;
    private readonly ModifyRule _modify;
    private readonly GrantSet _grants;

    private DesiredStateBuilder(DesiredContext context)
    {
        _context = context;
        _decider = LevelDecider.At(context);
        _resolver = new GrantResolver(context, _decider);
        _all = new AllPrivilegesRule(context, _decider, _resolver, _gaps);
        _modify = new ModifyRule(context, _decider, _resolver, _gaps);
        _grants = new GrantSet(context);
    }

    /// <summary>Computes the desired state of one securable.</summary>
    /// <param name="inputs">Policies and what they are evaluated with.</param>
    /// <param name="facts">The securable.</param>
    /// <param name="guards">
    /// A table's row filters and masks, when they are or will be in force before SELECT is granted; null where none can be set.
    /// </param>
    /// <param name="guardsTables">
    /// Whether row filters and masks are set on tables: then principals that one restricts also get USE of the containers.
    /// </param>
    public static DesiredState Build(PolicyInputs inputs, SecurableFacts facts, TableGuards? guards = null, bool guardsTables = false)
    {
        var builder = new DesiredStateBuilder(new DesiredContext(inputs, facts, guards, guardsTables));
        builder.AddNamed();
        builder.AddExcepted();
        builder.AddUse();
        builder.WithholdUnread();
        builder._grants.DropImplied();
        new GapFinder(builder._context, builder._decider, builder._grants, builder._gaps).Find();
        return new DesiredState(builder._grants.Sorted, builder._gaps.Items, inputs.Policies.Version)
        {
            ValidUntil = inputs.Policies.NextChange(facts.Securable, inputs.At, inputs.Tags),
        };
    }

    private void AddNamed()
    {
        var named = _decider.Own.SelectMany(policy => policy.Policy.PolicyItems).SelectMany(item =>
            _context.Candidates.NamedBy(item).SelectMany(candidate => _context.Items.TypesOf(item).Select(type => (candidate, type))));
        foreach (var candidate in named.Distinct().GroupBy(pair => pair.candidate, pair => pair.type))
        {
            AddNamed(candidate.Key, [.. ModifyRule.Ordered(candidate)]);
        }

        // A tag policy applies to any kind of object, so it may list privileges that this kind does not have.
        foreach (var item in _decider.Own.Where(policy => policy.Tag is null).SelectMany(policy => policy.Policy.PolicyItems))
        {
            ReportInapplicable(item);
        }
    }

    private void AddNamed(Candidate candidate, List<string> accessTypes)
    {
        var whole = accessTypes.Contains(AllPrivilegesRule.AccessType) && IsApplicable(AllPrivilegesRule.AccessType)
            ? _all.Resolve(candidate) : null;
        if (whole is not null)
        {
            Add(whole, AllPrivilegesRule.AccessType);
        }

        foreach (var accessType in accessTypes.Where(type => type != AllPrivilegesRule.AccessType && IsApplicable(type)))
        {
            if (whole is null || !_all.Includes(accessType))
            {
                Add(_resolver.Resolve(candidate, accessType), accessType);
            }
        }
    }

    // Principals re-admitted by an exception get an individual grant unless a granted group already covers them.
    private void AddExcepted()
    {
        var given = _decider.Own.SelectMany(policy => policy.Policy.PolicyItems).SelectMany(_context.Items.TypesOf)
            .Where(type => type != AllPrivilegesRule.AccessType && IsApplicable(type)).ToHashSet(StringComparer.Ordinal);
        foreach (var item in _decider.Restrictive.SelectMany(policy => policy.Policy.DenyExceptions))
        {
            foreach (var candidate in _context.Candidates.NamedBy(item))
            {
                foreach (var accessType in ModifyRule.Ordered(_context.Items.TypesOf(item).Where(given.Contains)))
                {
                    if (!_grants.Reaches(candidate, accessType))
                    {
                        Add(_resolver.Resolve(candidate, accessType), accessType);
                    }
                }
            }
        }
    }

    private void Add(Resolution resolution, string accessType)
    {
        foreach (var (holder, decision) in resolution.Holders.Where(given => _modify.MayHold(given.Holder, accessType)))
        {
            _grants.Add(holder, accessType, decision);
        }

        foreach (var (principal, code, reason, policyId) in resolution.Withheld.Where(withheld => !_modify.IsReported(withheld, accessType)))
        {
            _gaps.Withheld(code, _context.Candidates.Spelled(principal, policyId), Privilege.OfAccessType(accessType), reason, policyId);
        }
    }

    private void ReportInapplicable(RangerPolicyItem item)
    {
        foreach (var accessType in AccessItems.Written(item).Where(type => !IsApplicable(type)))
        {
            foreach (var candidate in _context.Candidates.NamedBy(item))
            {
                if (_decider.Decide(_context.Subjects.Of(candidate), accessType) is { IsAllowed: true } decision)
                {
                    _gaps.Withheld(GapCode.PrivilegeNotApplicable, _context.Candidates.Spelled(candidate, decision.PolicyId), Privilege.OfAccessType(accessType),
                        $"a {_context.Facts.Kind} does not have this privilege", decision.PolicyId);
                }
            }
        }
    }

    private bool IsApplicable(string accessType) =>
        PrivilegeMatrix.Of(_context.Type, _context.Facts.Kind, accessType) != Applicability.NotApplicable;

    private void AddUse()
    {
        if (!_context.Sync.ParentUse || !_context.Type.IsContainer())
        {
            return;
        }

        var rule = new UseRule(_context, _decider, _gaps);
        foreach (var (holder, decision) in rule.Holders())
        {
            _grants.Add(holder, rule.AccessType, decision);
        }
    }

    private void WithholdUnread()
    {
        if (_context.Policies.UnreadTags(_context.Tags) is not { } why)
        {
            return;
        }

        foreach (var grant in _grants.RemoveWhere(_ => true))
        {
            _gaps.Withheld(GapCode.PolicyFeatureUnsupported, grant.SpelledAs ?? grant.Principal, grant.Privilege, why, grant.PolicyId);
        }

        _gaps.Withheld(GapCode.PolicyFeatureUnsupported, null, null, why, null);
    }
}
