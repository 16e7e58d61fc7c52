using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>
/// Computes what a securable's grants should be from policies and principals, by asking Ranger's evaluation for each
/// principal that a policy names (specification §3). Pure: same input, same output.
/// </summary>
public sealed class DesiredStateBuilder
{
    private const string AllPrivileges = "all_privileges";

    private readonly PolicySnapshot _policies;
    private readonly PrincipalSnapshot _directory;
    private readonly SecurableFacts _facts;
    private readonly SyncOptions _sync;
    private readonly int _expandUpTo;
    private readonly DateTimeOffset _at;
    private readonly Subjects _subjects;
    private readonly Candidates _candidates;
    private readonly LevelDecider _decider;
    private readonly GapList _gaps = new();
    private readonly GrantResolver _resolver;
    private readonly Dictionary<(string Key, string Privilege), DesiredGrant> _grants = [];

    private DesiredStateBuilder(
        PolicySnapshot policies, PrincipalSnapshot directory, SecurableFacts facts, SyncOptions sync, int expandUpTo, DateTimeOffset at)
    {
        (_policies, _directory, _facts, _sync, _expandUpTo, _at) = (policies, directory, facts, sync, expandUpTo, at);
        _subjects = new Subjects(policies, directory);
        _candidates = new Candidates(policies.Engine, directory, sync.RolesAsGroups);
        var owner = facts.Owner is { } name ? PrincipalKey.Of(name) : null;
        _decider = new LevelDecider(
            policies.Engine, RangerResources.Of(facts.Securable, owner), RangerResources.LevelOf(facts.Securable.Type), at);
        _resolver = new GrantResolver(_decider, _subjects, directory, policies.Names.Spelled, expandUpTo, _gaps);
    }

    private SecurableType Type => _facts.Securable.Type;

    /// <summary>The desired state of one securable.</summary>
    /// <param name="policies">The policies to use.</param>
    /// <param name="directory">The principals.</param>
    /// <param name="facts">The securable.</param>
    /// <param name="sync">Options of the sync.</param>
    /// <param name="expandUpTo">Most members that a group is expanded to.</param>
    /// <param name="at">The time for which schedules are asked.</param>
    public static DesiredState Build(
        PolicySnapshot policies, PrincipalSnapshot directory, SecurableFacts facts, SyncOptions sync, int expandUpTo, DateTimeOffset at)
    {
        var builder = new DesiredStateBuilder(policies, directory, facts, sync, expandUpTo, at);
        builder.AddNamedGrants();
        builder.AddParentUse();
        builder.WithholdUnread();
        builder.DropImplied();
        new GapFinder(policies, directory, facts, builder._subjects, builder._candidates, builder._decider, builder._gaps)
            .Find(builder._grants.Values);
        return new DesiredState(
            [.. builder._grants.Values.OrderBy(grant => grant.Principal, StringComparer.Ordinal).ThenBy(grant => grant.Privilege, StringComparer.Ordinal)],
            builder._gaps.Items, policies.Version);
    }

    private void AddNamedGrants()
    {
        var accessTypes = _decider.Own.SelectMany(policy => policy.Policy.PolicyItems).SelectMany(item => item.Accesses)
            .Where(access => access is { IsAllowed: true, Type: not null })
            .Select(access => access.Type!.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var candidate in _decider.Own.SelectMany(policy => _candidates.NamedBy(policy.Policy)).Distinct())
        {
            foreach (var accessType in accessTypes)
            {
                if (accessType == AllPrivileges)
                {
                    AddAll(candidate);
                }
                else if (PrivilegeMatrix.Of(Type, _facts.Kind, accessType.ToUpperInvariant()) == Applicability.NotApplicable)
                {
                    ReportInapplicable(candidate, accessType);
                }
                else
                {
                    AddResolved(candidate, accessType);
                }
            }
        }
    }

    private void AddResolved(Candidate candidate, string accessType)
    {
        foreach (var (holder, decision) in _resolver.Resolve(candidate, accessType))
        {
            AddGrant(holder, accessType.ToUpperInvariant(), decision);
        }
    }

    // ALL_PRIVILEGES is granted only where each part of it is allowed (specification §3.7): Databricks evaluates it at
    // the time of access, for this kind and for all that lies below.
    private void AddAll(Candidate candidate)
    {
        var subject = SubjectOf(candidate);
        var whole = _decider.Decide(subject, AllPrivileges);
        if (whole.Kind == DecisionKind.NotAllowed && !_decider.IsNamed(subject, AllPrivileges))
        {
            return;
        }

        var parts = PrivilegeMatrix.ImpliedByAllPrivileges(Type, _facts.Kind).Select(name => name.ToLowerInvariant())
            .Where(_policies.Engine.ImpliedBy(AllPrivileges).Contains).Order(StringComparer.Ordinal).ToList();
        var checks = parts.Append(AllPrivileges).Concat(TakenBelow()).Distinct().ToList();
        var against = checks.Select(accessType => _decider.Decide(subject, accessType)).FirstOrDefault(decision => !decision.IsAllowed);
        var holdsAll = checks.TrueForAll(accessType => _decider.Decide(subject, accessType).IsAllowed);
        if (holdsAll && candidate.IsGroup && checks.Exists(_decider.CanBeTaken))
        {
            holdsAll = _subjects.MembersOf(candidate.Name) is { } members && members.All(member =>
                checks.TrueForAll(accessType => _decider.Decide(_subjects.User(member), accessType).IsAllowed));
            against = default;
        }

        if (holdsAll)
        {
            AddResolved(candidate, AllPrivileges);
            return;
        }

        foreach (var part in parts)
        {
            AddResolved(candidate, part);
        }

        if (whole.Kind != DecisionKind.NotAllowed)
        {
            var code = against.Kind == DecisionKind.Withheld ? against.Code
                : candidate.IsGroup && against == default ? GapCode.GroupWithheld
                : GapCode.PrivilegeNotApplicable;
            _gaps.Withheld(code, Spelled(candidate), AllPrivileges.ToUpperInvariant(),
                "ALL_PRIVILEGES would hand out a privilege that policy does not give"
                + (against.PolicyName is { } name ? $" (policy `{name}`)" : "") + "; those that policy gives are granted one by one",
                against.PolicyId ?? whole.PolicyId);
        }
    }

    // What policies take away below a container counts against ALL_PRIVILEGES on it, also what this kind does not have.
    private IEnumerable<string> TakenBelow() =>
        !Type.IsContainer() ? []
        : _decider.Restrictive.SelectMany(policy => policy.Policy.DenyPolicyItems.Concat(policy.Policy.AllowExceptions))
            .SelectMany(item => item.Accesses).Where(access => access.Type is not null)
            .Select(access => access.Type!.ToLowerInvariant())
            .Where(_policies.Engine.ImpliedBy(AllPrivileges).Contains);

    private void ReportInapplicable(Candidate candidate, string accessType)
    {
        var subject = SubjectOf(candidate);
        var decision = _decider.Decide(subject, accessType);
        if (decision.IsAllowed && _decider.IsNamed(subject, accessType))
        {
            _gaps.Withheld(GapCode.PrivilegeNotApplicable, Spelled(candidate), accessType.ToUpperInvariant(),
                $"a {_facts.Kind} does not have this privilege", decision.PolicyId);
        }
    }

    private void AddParentUse()
    {
        if (!_sync.ParentUse || !Type.IsContainer())
        {
            return;
        }

        var use = Type == SecurableType.Catalog ? "use_catalog" : "use_schema";
        var holders = new ParentUse(_policies, _directory, _subjects, _candidates, _expandUpTo, _at)
            .HoldersOn(_facts.Securable, _decider);
        foreach (var (holder, decision) in holders)
        {
            foreach (var allowed in WithoutDenied(holder, use))
            {
                AddGrant(allowed, use.ToUpperInvariant(), decision);
            }
        }
    }

    // An explicit deny of USE wins over what is allowed below (specification §3.6).
    private IEnumerable<Candidate> WithoutDenied(Candidate holder, string use)
    {
        var denial = _decider.ExplicitDeny(SubjectOf(holder), use);
        if (denial.Verdict == Ranger.AccessVerdict.Denied)
        {
            _gaps.Withheld(GapCode.ContainerWithheld, Spelled(holder), use.ToUpperInvariant(),
                $"policy `{denial.PolicyName}` denies it here, so what policies give below cannot be reached", denial.PolicyId);
            return [];
        }

        if (!holder.IsGroup || !_decider.CanBeTaken(use))
        {
            return [holder];
        }

        var members = _subjects.MembersOf(holder.Name);
        var denied = members?.Where(member => _decider.ExplicitDeny(_subjects.User(member), use).Verdict == Ranger.AccessVerdict.Denied)
            .ToHashSet(StringComparer.Ordinal);
        if (denied is { Count: 0 })
        {
            return [holder];
        }

        var fits = members is not null && members.Count - denied!.Count <= _expandUpTo;
        _gaps.Withheld(
            members is null ? GapCode.MembershipUnknown : fits ? GapCode.GroupExpanded : GapCode.GroupWithheld,
            holder.Name, use.ToUpperInvariant(), $"USE is denied here to members of `{holder.Name}`", null);
        return fits
            ? members!.Except(denied!).Order(StringComparer.Ordinal).Select(member => new Candidate(member, IsGroup: false))
            : [];
    }

    private void WithholdUnread()
    {
        var (reach, detail) = _policies.Unread.ReachOf(_facts.Securable);
        if (reach == FeatureReach.None)
        {
            return;
        }

        foreach (var (key, grant) in _grants.ToList())
        {
            // Something below a container is reached by what the container hands down; a leaf is reached whole.
            if (reach == FeatureReach.Here || !Type.IsContainer() || PrivilegeMatrix.IsInheritable(grant.Privilege, Type))
            {
                _grants.Remove(key);
                _gaps.Withheld(GapCode.PolicyFeatureUnsupported, _policies.Names.Spelled(PrincipalKey.Of(grant.Principal)), grant.Privilege,
                    $"{detail} can decide here, and this version does not read them", grant.PolicyId);
            }
        }
    }

    private void DropImplied()
    {
        var implied = PrivilegeMatrix.ImpliedByAllPrivileges(Type, _facts.Kind);
        foreach (var (key, privilege) in _grants.Keys.ToList())
        {
            if (implied.Contains(privilege) && _grants.ContainsKey((key, AllPrivileges.ToUpperInvariant())))
            {
                _grants.Remove((key, privilege));
            }
        }
    }

    private void AddGrant(Candidate holder, string privilege, Decision decision)
    {
        var key = PrincipalKey.Of(holder.Name);
        var known = _directory.KindOf(holder.Name) != PrincipalKind.Unknown;
        var name = holder.IsGroup ? holder.Name : known ? _directory.StoredName(holder.Name) : _policies.Names.Sendable(holder.Name);
        _grants.TryAdd((key, privilege), new DesiredGrant(
            name, privilege, decision.PolicyId, decision.PolicyName, Spelled(holder) is var spelled && spelled != name ? spelled : null));
    }

    private Ranger.Subject SubjectOf(Candidate candidate) =>
        candidate.IsGroup ? _subjects.Group(candidate.Name) : _subjects.User(candidate.Name);

    private string Spelled(Candidate candidate) => candidate.IsGroup ? candidate.Name : _policies.Names.Spelled(candidate.Name);
}
