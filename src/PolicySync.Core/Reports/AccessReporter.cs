using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Reports;

/// <summary>What is recorded of grants, for the answer to a question about access.</summary>
/// <param name="Ledgers">Grants of the service on the securable and its containers.</param>
/// <param name="FirstSeen">When grants of other parties on the securable were first seen, by principal key and privilege.</param>
public sealed record AccessRecords(
    IReadOnlyDictionary<Securable, Ledger> Ledgers,
    IReadOnlyDictionary<(string Key, string Privilege), DateTimeOffset> FirstSeen);

/// <summary>Answers who has access to a securable from the plan of a dry run. Pure.</summary>
/// <param name="plan">The plan: what Unity Catalog has, what policy wants.</param>
/// <param name="inherited">Grants on containers.</param>
/// <param name="records">What is recorded.</param>
public sealed class AccessReporter(RunPlan plan, InheritedAccess inherited, AccessRecords records)
{
    private readonly StandingGrants _standing = StandingGrants.Of(plan.Inputs.Facts, plan.Current.Grants, inherited.Grants, plan.Inputs.Directory);
    private readonly Dictionary<Securable, DesiredState> _above = [];
    private readonly IReadOnlySet<string> _protected = plan.Inputs.FindProtected();
    private PolicyOpinions? _opinions;
    private (AccessQuery Query, IReadOnlyList<string> All)? _selected;

    /// <summary>No owner is known.</summary>
    public static IReadOnlyDictionary<Securable, string?> NoOwners { get; } = new Dictionary<Securable, string?>();

    private RunInputs Inputs => plan.Inputs;

    /// <summary>Whether a principal of the page lacks USE on a container by its grants, so that the owners of the containers matter.</summary>
    public bool NeedsOwners(AccessQuery query) =>
        Page(query).Any(principal => _standing.MissingUse(principal, NoOwners).Any());

    /// <summary>The answer.</summary>
    /// <param name="query">Which part.</param>
    /// <param name="gaps">All differences that a sync would leave.</param>
    /// <param name="owners">Owners of the containers, where <see cref="NeedsOwners"/>; otherwise <see cref="NoOwners"/>.</param>
    /// <param name="calls">Requests to Unity Catalog that were made for it.</param>
    public AccessReport Answer(AccessQuery query, IReadOnlyList<Gap> gaps, IReadOnlyDictionary<Securable, string?> owners, int calls)
    {
        var page = Page(query);
        var all = Selected(query);
        var isFirst = query.After is null;
        IReadOnlyList<ResourceChange> changes = [.. plan.Steps.SelectMany(step => step.Changes)];
        return new AccessReport
        {
            Type = ResourceResult.TypeOf(Inputs.Securable),
            FullName = Inputs.Securable.FullName,
            Kind = Inputs.Facts.Kind,
            Owner = Inputs.Facts.Owner,
            ReadTime = plan.Current.ReadAt.UtcDateTime,
            PolicyVersion = Inputs.Policies.Version,
            Principals = [.. page.Select(principal => AccessOf(principal, query.Privilege, owners))],
            PrincipalCount = all.Count,
            Gaps = isFirst ? [.. gaps.Take(ResourceResult.MaxListed)] : [],
            GapCount = gaps.Count,
            Changes = isFirst ? [.. changes.Take(ResourceResult.MaxListed)] : [],
            ChangeCount = changes.Count,
            Unread = inherited.Fault is { } fault ? [$"grants on the containers of {Inputs.Securable}: {fault}"] : [],
            Calls = calls,
            After = page.Count > 0 && page[^1] != all[^1] ? page[^1] : null,
        };
    }

    private List<string> Page(AccessQuery query) =>
        [.. Selected(query).Where(key => query.After is not { } after || string.CompareOrdinal(key, after) > 0).Take(query.Count)];

    private IReadOnlyList<string> Selected(AccessQuery query)
    {
        if (_selected is not { } known || known.Query != query)
        {
            known = (query, query.Principal is { } one ? [PrincipalKey.Of(one)]
                : query.Privilege is { } privilege ? [.. _standing.Principals(!query.HoldersOnly).Where(key => _standing.PrivilegesOf(key).Contains(privilege))]
                : _standing.Principals(!query.HoldersOnly));
            _selected = known;
        }

        return known.All;
    }

    private PrincipalAccess AccessOf(string principal, string? only, IReadOnlyDictionary<Securable, string?> owners)
    {
        var isGroup = _standing.IsGroup(principal);
        var held = from grant in _standing.Reaching(principal)
                   from privilege in _standing.GivenBy(grant)
                   where only is null || privilege == only
                   group grant by privilege into paths
                   orderby paths.Key
                   select Held(principal, isGroup, paths.Key, [.. paths]);
        var privileges = held.ToList();
        List<MissingUse> missing = privileges.Count == 0 ? [] :
        [
            .. _standing.MissingUse(principal, owners)
                .Select(use => new MissingUse(use.Privilege, ResourceResult.TypeOf(use.On), use.On.FullName)),
        ];
        return new PrincipalAccess(
            Inputs.Directory.StoredName(principal), Inputs.Directory.KindOf(principal), privileges, missing.Count > 0 ? missing : null);
    }

    private HeldPrivilege Held(string principal, bool isGroup, string privilege, IReadOnlyList<StandingGrant> grants)
    {
        var opinion = (_opinions ??= Inputs.OpinionsOn(plan.Target)).About(principal, isGroup, privilege);
        if (opinion.Verdict == PolicyVerdict.NotAllowed && WantedAbove(privilege, grants) is { } wanted)
        {
            opinion = new PolicyOpinion(PolicyVerdict.AllowedAbove, wanted.PolicyId, wanted.PolicyName);
        }

        return new HeldPrivilege(
            privilege, [.. grants.Select(grant => PathOf(principal, grant))], opinion,
            opinion.Verdict is PolicyVerdict.Allowed or PolicyVerdict.AllowedAbove || IsExempt(principal, opinion, grants) ? null : GapDirection.Exposed);
    }

    // The operator decides what the service and those of Sync:Protected hold. An owner has what no policy gives, but for what one denies.
    private bool IsExempt(string principal, PolicyOpinion opinion, IReadOnlyList<StandingGrant> grants) => _protected.Contains(principal)
        || (opinion.Verdict != PolicyVerdict.Denied && grants.All(grant => grant.Path == AccessPath.Ownership));

    // A policy for a container gives nothing on what lies in it, by its words; the grant that it asks for does.
    private DesiredGrant? WantedAbove(string privilege, IReadOnlyList<StandingGrant> grants) => (
        from grant in grants
        where grant.Path == AccessPath.Inherited
        from wanted in Above(grant.On).Grants
        where PrincipalKey.Of(wanted.Principal) == PrincipalKey.Of(grant.Grantee)
            && (wanted.Privilege == grant.Granted || (wanted.Privilege == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege)))
        select wanted).FirstOrDefault();

    private DesiredState Above(Securable container)
    {
        if (!_above.TryGetValue(container, out var desired))
        {
            _above[container] = desired = Inputs.DesiredOn(container);
        }

        return desired;
    }

    private HeldPath PathOf(string principal, StandingGrant grant)
    {
        var entry = grant.Granted is { } granted ? EntryOf(grant, granted) : null;
        return new HeldPath(
            grant.Path,
            grant.Grantee,
            PrincipalKey.Of(grant.Grantee) == principal ? null : true,
            grant.Granted,
            ResourceResult.TypeOf(grant.On),
            grant.On.FullName,
            grant.Granted is null ? null : entry is null ? GrantOrigin.Foreign : GrantOrigin.Ours,
            entry?.PolicyId,
            entry?.PolicyName,
            entry?.TaskId,
            (entry?.GrantedAt ?? FirstSeen(grant))?.UtcDateTime);
    }

    private LedgerEntry? EntryOf(StandingGrant grant, string granted) =>
        (grant.On == Inputs.Securable ? plan.Ledger : records.Ledgers.GetValueOrDefault(grant.On))?.Find(PrincipalKey.Of(grant.Grantee), grant.PrincipalId, granted);

    private DateTimeOffset? FirstSeen(StandingGrant grant) =>
        grant is { Path: AccessPath.Grant, Granted: { } granted } && records.FirstSeen.TryGetValue((PrincipalKey.Of(grant.Grantee), granted), out var seen) ? seen : null;
}
