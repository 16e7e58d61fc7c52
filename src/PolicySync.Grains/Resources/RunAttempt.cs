using System.Globalization;
using PolicySync.Core;
using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Schedules;

namespace PolicySync.Grains.Resources;

/// <summary>
/// One attempt at a run, from a fresh read to a recorded end. Between two PATCHes lies a full read that began after the
/// first ended: whatever the server refuses is taken out, and the rest is planned anew from such a read.
/// </summary>
internal sealed partial class RunAttempt(
    Run run, WriteFence fence, RunFindings findings, CallMeter meter, FreshPolicies policies, PrincipalSnapshot directory)
{
    /// <summary>Plans of one attempt that are carried out one after the other. More are needed only where others write too.</summary>
    private const int MaxPlans = 20;

    /// <summary>How long a read of the grants is good enough to plan from when other securables were cared for after it.</summary>
    private static readonly TimeSpan ReadLasts = TimeSpan.FromSeconds(5);

    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    // The table's row filters and masks; null where it has none.
    private GuardRun? _guards;

    // What the table inherits, or why that cannot be read, once it was asked for.
    private IReadOnlyList<InheritedGrant>? _inherited;
    private string? _inheritedFault;

    // What the state is to say of schedules when this run has ended.
    private DateTimeOffset? _due = fence.State.DueAt;

    // Whether the ledger holds what is gone for certain.
    private bool _forgets;

    // The object that has the name now, and whether its name has been remembered; both null while not known.
    private string? _identity;
    private Task<bool>? _remembered;

    public required IUnityCatalog Catalog { get; init; }

    /// <summary>Sets row filters and masks; null when there is no warehouse for it.</summary>
    public required ITableGuards? Tables { get; init; }

    /// <summary>Longest time one statement may take.</summary>
    public required TimeSpan StatementTimeout { get; init; }

    /// <summary>Schemas of guard functions that were seen to be ours.</summary>
    public required GuardSchemas GuardSchemas { get; init; }

    public required MetastoreOwner Metastore { get; init; }

    public required Managed Managed { get; init; }

    public required SyncOptions Sync { get; init; }

    public required int ExpandUpTo { get; init; }

    public required Agenda Agenda { get; init; }

    public required RenamedObjects Renamed { get; init; }

    /// <summary>What was just read of the securable; null when nothing was.</summary>
    private SecurableFacts? Known { get; init; }

    /// <summary>How long a PATCH can act.</summary>
    public required TimeSpan WriteTimeout { get; init; }

    public required RunTags Tags { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Cares for USE on the containers above. Called once nothing speaks against the run any more: a securable that does
    /// not exist, or that may not be changed as planned, leaves what is above it as it was.
    /// </summary>
    public required Func<Task> PrepareAsync { get; init; }

    /// <summary>Reads and waits end when it is cancelled; a PATCH does not, since it could not be called back.</summary>
    public required CancellationToken Stopping { get; init; }

    private PlanScope Scope => run.Scope switch
    {
        RunScope.UseAdditions => PlanScope.UseAdditionsOnly,
        RunScope.UseRemovals => PlanScope.UseRemovalsOnly,
        RunScope.AfterChildren => PlanScope.AfterChildren,
        _ => run.Securable.Type.IsContainer() ? PlanScope.BeforeChildren : PlanScope.Full,
    };

    public async Task<RunOutcome> RunAsync()
    {
        var mode = Managed.ModeOf(run.Securable);
        if (mode == SyncMode.Exact && directory.Self is null)
        {
            throw new SyncException(SyncErrorCode.InvalidPlan,
                "mode Exact needs SCIM `Me`, which did not answer, or Workspace:Self: without it the service could revoke its own rights");
        }

        var table = CanGuard && (run.Facts ?? Known) is null ? await Tables!.GetTableAsync(run.Securable, meter, Stopping) : null;
        var facts = run.Facts ?? Known ?? table?.Facts ?? await Catalog.GetAsync(run.Securable, meter, Stopping);
        _identity = facts.Identity;
        var tags = await Tags.OfAsync(run, policies.Snapshot, meter, Stopping);
        var at = Time.GetUtcNow();
        var guards = _guards = await ReadGuardsAsync(facts, table, at, tags);
        var desired = Desired(facts, at, tags, guards?.Guards);
        run.LapsedAt ??= fence.State.DueAt <= at ? fence.State.DueAt : null;
        var lapsed = run.LapsedAt is { } due ? Desired(facts, Agenda.Before(due), tags, guards?.At(Agenda.Before(due))).Grants : [];
        if (Agenda.Concerns(run))
        {
            // Before any write: access that is to end is not given unless its end is remembered.
            _due = desired.ValidUntil;
            await Agenda.RememberAsync(run, fence.State.DueAt, _due, Stopping);
        }

        var confirmed = false;
        async Task<(PlanRequest Request, GrantPlan Plan)> PlanAsync()
        {
            var readAt = Time.GetUtcNow();
            var current = await ReadAsync();
            findings.Confirm(current);
            var ledger = fence.State.Ledger.ForIdentity(facts.Identity);
            if (!confirmed)
            {
                confirmed = true;
                await ConfirmAsync(ledger.GoneFrom(facts, current, readAt, fence.State.LastWrite, Sync.VerifyTimeout));
            }

            var request = new PlanRequest
            {
                Facts = facts,
                Desired = desired.Grants,
                Current = current,
                Ledger = ledger.Observe(facts, current, readAt, fence.State.LastWrite, Sync.VerifyTimeout),
                Mode = mode,
                Managed = Managed,
                Protected = Protected(),
                AdoptExisting = Sync.AdoptExisting,
                MaxRevokeShare = Sync.MaxRevokeShare,
                Lapsed = lapsed,
                AllowRevoke = run.AllowRevoke,
                Scope = Scope,
            };
            var plan = findings.Refine(
                GrantPlanner.Plan(request), fence.State, directory, policies.Snapshot.Version, Time.GetUtcNow());
            return (request, plan);
        }

        var prepared = false;
        for (var planned = 0; planned < MaxPlans; planned++)
        {
            var readAt = Time.GetUtcNow();
            var (request, plan) = await PlanAsync();
            if (!prepared && await Renamed.TakeOverAsync(
                run, fence, facts, request.Current, request.Protected, WriteTimeout, meter, Stopping) is { } held)
            {
                return await On(held, facts).RunAsync();
            }

            if (run.Scope == RunScope.Full)
            {
                findings.Found(() => ExternalChanges.Name(
                    facts,
                    fence.State.Ledger.ForIdentity(facts.Identity).GoneFrom(facts, request.Current, readAt, fence.State.LastWrite, Sync.VerifyTimeout),
                    plan.Foreign, directory.Self?.Name));
            }

            Guard(plan);
            if (guards is { WouldWeaken: true })
            {
                guards.Keep(await KeepingAsync(guards.Guards.Table.Facts, mode, desired, StandingAccess.After(request.Current, plan.RevokesOnly().Changes), at, tags));
            }

            if (!prepared)
            {
                prepared = true;
                await PrepareAsync();
                if (!plan.IsEmpty && Time.GetUtcNow() - readAt >= ReadLasts)
                {
                    continue;
                }
            }

            if (!run.DryRun && guards is { IsPending: true })
            {
                // Who loses SELECT loses it before a guard goes, and who gets it gets it after the guard stands.
                if (guards.Plan.ChangesGuards && plan.RevokesOnly().Changes is { Count: > 0 } removals)
                {
                    await RevokeAsync(plan, request.Ledger, removals, PlanAsync);
                    continue;
                }

                await guards.ApplyAsync();
                (_inherited, _inheritedFault) = (null, null); // looked at again: somebody may have been let read meanwhile
                desired = Desired(facts, at, tags, guards.Guards);
                continue;
            }

            if (run.DryRun || plan.IsEmpty)
            {
                await CloseAsync(plan, request.Ledger, request.Current, learns: !run.DryRun && guards?.Learn() == true);
                var (inherited, fault) = await InheritedAsync(at, tags, request.Protected);
                var (foreign, policiesFault) = await GrantPoliciesAsync();
                return new RunOutcome(request, desired, plan)
                {
                    Guards = guards?.Plan,
                    Admins = await AdminsAsync(facts, StandingAccess.After(request.Current, plan.Changes, withNew: true)),
                    Planned = [.. Planned(plan, guards?.Plan)],
                    Inherited = inherited,
                    InheritedFault = fault,
                    GrantPolicies = foreign,
                    GrantPoliciesFault = policiesFault,
                };
            }

            if (await ApplyAsync(plan, request.Ledger, PlanAsync) is { } shown)
            {
                // The plan may have been made from an old read, as Unity Catalog's reads lag behind writes: what the
                // read-back shows that must go is planned anew.
                var after = request with { Current = shown, Ledger = fence.State.Ledger };
                if (!GrantPlanner.Plan(after).Changes.Any(change => change.Remove.Count > 0))
                {
                    return new RunOutcome(after, desired, plan) { Admins = await AdminsAsync(facts, shown) };
                }
            }
        }

        throw new SyncException(SyncErrorCode.NotVerified,
            $"grants on {run.Securable} differed from policy after each of {MaxPlans} changes: others change them at the same time");
    }

    // What containers hand down that nobody looks at for this task, by one question about the securable itself. Where
    // containers are looked at, their own runs tell it. Of tags above nobody knows here, so with them nothing is said.
    private async Task<(IReadOnlyList<ExcessGrant> Inherited, string? Fault)> InheritedAsync(
        DateTimeOffset at, SecurableTags? tags, IReadOnlySet<string> @protected)
    {
        List<Securable> unseen = run is { DryRun: true, Scope: RunScope.Full, ParentsDone: false } && tags is null
            ? [.. run.Securable.Parents.Where(parent => !Sync.ParentUse || !Managed.Covers(parent))] : [];
        if (unseen.Count == 0)
        {
            return ([], null);
        }

        IReadOnlyList<InheritedGrant> inherited;
        try
        {
            inherited = await Catalog.GetInheritedAsync(run.Securable, meter, Stopping);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.InvalidPlan)
        {
            return ([], e.Message); // what else the task found stands
        }

        var above = unseen.ToDictionary(
            container => container,
            container => OfContainer(container, at));
        return (
        [
            .. from grant in inherited
                where above.TryGetValue(grant.Container, out var wanted) && !wanted.Wants(grant.Principal, grant.Privilege)
                    && PrivilegeMatrix.IsInheritable(grant.Privilege, grant.Container.Type)
                    && !@protected.Contains(PrincipalKey.Of(grant.Principal))
                select new ExcessGrant(grant.Container, grant.Principal, grant.Privilege),
        ], null);
    }

    // Who can read the table when a guard would show more than before. Containers are asked only then.
    private async Task<GuardKeeping> KeepingAsync(
        SecurableFacts facts, SyncMode mode, DesiredState desired, IReadOnlyList<Assignment> own, DateTimeOffset at, SecurableTags? tags)
    {
        var keeping = new GuardKeeping { Directory = directory, NeverWeakens = mode == SyncMode.Additive };
        if (keeping.NeverWeakens)
        {
            return keeping;
        }

        // Of tags above nobody knows here: what containers would give by policy is then not counted.
        var above = tags is not null ? [] : run.Securable.Parents.SelectMany(container => OfContainer(container, at).Grants);
        keeping = keeping with { Given = [.. desired.Grants, .. above] };
        if (_inheritedFault is not null)
        {
            return keeping with { Fault = _inheritedFault };
        }

        try
        {
            _inherited ??= await Catalog.GetInheritedAsync(run.Securable, meter, Stopping);
            var self = directory.Self is { } me ? PrincipalKey.Of(me.Name) : null;
            return keeping with
            {
                Readers = [.. StandingAccess.Readers(facts, own, _inherited).Where(reader => PrincipalKey.Of(reader.Principal) != self)],
            };
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.InvalidPlan)
        {
            return keeping with { Fault = _inheritedFault = e.Message };
        }
    }

    private DesiredState OfContainer(Securable container, DateTimeOffset at) =>
        Desired(new SecurableFacts(container, WireNames.Of(container.Type).ToUpperInvariant(), null, null), at, null, null);

    // No read of grants shows what attribute-based policies give. Asked of containers, as they are attached to these, and by what
    // looks for differences only: it is one more call.
    private async Task<(IReadOnlyList<GrantPolicy> Policies, string? Fault)> GrantPoliciesAsync()
    {
        if (run is not { DryRun: true, Scope: RunScope.Full, IsContainer: true })
        {
            return ([], null);
        }

        try
        {
            return (await Catalog.GetGrantPoliciesAsync(run.Securable, meter, Stopping), null);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.InvalidPlan)
        {
            return ([], e.Message);
        }
    }

    // Whom guards do not restrict. Containers are not asked for it: what they hand down counts where it was read anyway.
    private async Task<IReadOnlyList<Gap>> AdminsAsync(SecurableFacts facts, IReadOnlyList<Assignment> own)
    {
        if (_guards is not { } guards || !MetastoreAdmins.Matter(guards.Guards))
        {
            return [];
        }

        var owner = await Metastore.GetAsync(meter, Stopping);
        return MetastoreAdmins.GapOf(guards.Guards, directory, owner, StandingAccess.Readers(facts, own, _inherited ?? [])) is { } gap ? [gap] : [];
    }

    private bool SetsGuards => Tables is not null && Managed.CoversPrivilege("SELECT");

    private bool CanGuard => SetsGuards && run.Securable.Type == SecurableType.Table;

    // A table's guards are looked at where policy wants any, or where we have made some.
    private async Task<GuardRun?> ReadGuardsAsync(SecurableFacts facts, TableShape? table, DateTimeOffset at, SecurableTags? tags)
    {
        if (!CanGuard || !GuardCompiler.CanGuard(facts)
            || (fence.State.GuardFunctions.Count == 0 && !GuardCompiler.AreWanted(policies.Snapshot, facts, Sync, at, tags)))
        {
            return null;
        }

        var artefacts = new GuardArtefacts(Tables!, Catalog, GuardSchemas, run, meter, directory.Self, Sync.GuardSchema, Time, Stopping);
        var guards = new GuardRun(Tables!, artefacts, run, fence, findings, meter, policies, directory, Sync, ExpandUpTo, StatementTimeout, tags, Time, Stopping);
        await guards.ObserveAsync(table ?? await Tables!.GetTableAsync(run.Securable, meter, Stopping), at);
        return guards;
    }

    private DesiredState Desired(SecurableFacts facts, DateTimeOffset at, SecurableTags? tags, TableGuards? guards) =>
        DesiredStateBuilder.Build(policies.Snapshot, directory, facts, Sync, ExpandUpTo, at, tags, guards, SetsGuards);

    // What a writing run would send, in its order.
    private IEnumerable<PlannedCall> Planned(GrantPlan plan, GuardPlan? guards)
    {
        if (guards is null or { IsEmpty: true })
        {
            return plan.IsEmpty ? [] : [Catalog.DescribeUpdate(run.Securable, plan.Changes)];
        }

        IReadOnlyList<PermissionChange>[] parts = guards.ChangesGuards ? [plan.RevokesOnly().Changes, plan.GrantsOnly().Changes] : [[], plan.Changes];
        IEnumerable<PlannedCall> Patch(IReadOnlyList<PermissionChange> part) =>
            part.Count == 0 ? [] : [Catalog.DescribeUpdate(run.Securable, part)];
        return [.. Patch(parts[0]), .. guards.Statements.Select(statement => Tables!.Describe(statement.Sql)), .. Patch(parts[1])];
    }

    private void Guard(GrantPlan plan)
    {
        if (plan.Limit.IsExceeded)
        {
            throw new SyncException(SyncErrorCode.RevokeGuard,
                $"{plan.Limit.Revokes} of {plan.Limit.ManagedPairs} grants on {run.Securable} would be revoked, more than "
                + $"Sync:MaxRevokeShare ({Sync.MaxRevokeShare.ToString(CultureInfo.InvariantCulture)}); nothing was written. "
                + "If that is meant, repeat the task with requestInfo.allowRevoke");
        }
    }

    // What an answer left out would otherwise be forgotten to be ours, and never be revoked.
    private async Task ConfirmAsync(IReadOnlyList<LedgerEntry> gone)
    {
        _forgets = gone.Count > 0;
        if (gone.Count > 0
            && await Catalog.GetPermissionsAgainAsync(run.Securable, meter, Stopping) is var again
            && gone.FirstOrDefault(entry => again.Any(assignment => entry.IsShownBy(assignment))) is { } there)
        {
            throw new SyncException(SyncErrorCode.Unavailable,
                $"databricks left {there.Privilege} of `{there.Principal}` on {run.Securable} out of an answer about grants, and shows it in another");
        }
    }

    private Task<IReadOnlyList<Assignment>> ReadAsync() => Catalog.GetPermissionsAsync(run.Securable, meter, Stopping);

    private RunAttempt On(WriteFence other, SecurableFacts facts) => new(run, other, findings, meter, policies, directory)
    {
        Known = facts, Catalog = Catalog, Tables = Tables, StatementTimeout = StatementTimeout, GuardSchemas = GuardSchemas, Metastore = Metastore,
        Managed = Managed, Sync = Sync, ExpandUpTo = ExpandUpTo,
        Agenda = Agenda, Renamed = Renamed, WriteTimeout = WriteTimeout, Tags = Tags, Time = Time, PrepareAsync = PrepareAsync, Stopping = Stopping,
    };

    private HashSet<string> Protected()
    {
        var keys = Sync.Protected.Select(PrincipalKey.Of).ToHashSet(StringComparer.Ordinal);
        if (directory.Self is { } self)
        {
            keys.Add(PrincipalKey.Of(self.Name));
            keys.UnionWith(self.GroupNames);
            keys.UnionWith(directory.GroupsOf(self.Name));
        }

        return keys;
    }
}
