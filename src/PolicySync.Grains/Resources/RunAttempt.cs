using System.Globalization;
using PolicySync.Core.Desired;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Resources;

/// <summary>
/// One attempt at a run, from a fresh read to a recorded end. Between two PATCHes lies a full read that began after the
/// first ended: whatever the server refuses is taken out, and the rest is planned anew from such a read.
/// </summary>
internal sealed class RunAttempt(
    Run run, WriteFence fence, CallMeter meter, FreshPolicies policies, PrincipalSnapshot directory, IReadOnlyList<ExcessGrant> above)
{
    /// <summary>PATCHes of one attempt; each further one takes something out that the server refused.</summary>
    private const int MaxPatches = 100;

    /// <summary>Grants on a container that are named to the securables below it.</summary>
    private const int MaxExcess = 200;

    /// <summary>How long a principal that the server refused is not tried again while the directory does not list it.</summary>
    private static readonly TimeSpan RefusalLasts = TimeSpan.FromHours(1);

    private readonly HashSet<string> _refusedPrincipals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refusedPrivileges = new(StringComparer.Ordinal);
    private readonly List<ResourceChange> _changes = [];
    private bool _split;

    public required IUnityCatalog Catalog { get; init; }

    public required Managed Managed { get; init; }

    public required SyncOptions Sync { get; init; }

    public required int ExpandUpTo { get; init; }

    public required TimeProvider Time { get; init; }

    private bool IsContainer => run.Securable.Type.IsContainer();

    private PlanScope Scope => run.Scope switch
    {
        RunScope.UseAdditions => PlanScope.UseAdditionsOnly,
        RunScope.UseRemovals => PlanScope.UseRemovalsOnly,
        RunScope.AfterChildren => PlanScope.AfterChildren,
        _ => IsContainer ? PlanScope.BeforeChildren : PlanScope.Full,
    };

    public async Task<RunReply> RunAsync(DateTimeOffset start)
    {
        var mode = Managed.ModeOf(run.Securable);
        if (mode == SyncMode.Exact && directory.Self is null)
        {
            throw new SyncException(SyncErrorCode.InvalidPlan,
                "mode Exact needs SCIM `Me`, which did not answer: without it the service could revoke its own rights");
        }

        var facts = run.Facts ?? await Catalog.GetAsync(run.Securable, meter, CancellationToken.None);
        var desired = DesiredStateBuilder.Build(policies.Snapshot, directory, facts, Sync, ExpandUpTo, Time.GetUtcNow());
        for (var patch = 0; patch < MaxPatches; patch++)
        {
            var readAt = Time.GetUtcNow();
            var current = await Catalog.GetPermissionsAsync(run.Securable, meter, CancellationToken.None);
            var ledger = fence.State.Ledger.ForIdentity(facts.Identity)
                .Observe(facts, current, readAt, fence.State.LastWrite, Sync.VerifyTimeout);
            Confirm(current);
            var plan = Refine(GrantPlanner.Plan(new PlanRequest
            {
                Facts = facts,
                Desired = desired.Grants,
                Current = current,
                Ledger = ledger,
                Mode = mode,
                Managed = Managed,
                Protected = Protected(),
                AdoptExisting = Sync.AdoptExisting,
                MaxRevokeShare = Sync.MaxRevokeShare,
                AllowRevoke = run.AllowRevoke,
                Scope = Scope,
            }));
            if (plan.Guard.IsTripped)
            {
                throw new SyncException(SyncErrorCode.RevokeGuard,
                    $"{plan.Guard.Revokes} of {plan.Guard.ManagedPairs} grants on {run.Securable} would be revoked, more than "
                    + $"Sync:MaxRevokeShare ({Sync.MaxRevokeShare.ToString(CultureInfo.InvariantCulture)}); nothing was written. "
                    + "If that is meant, repeat the task with requestInfo.allowRevoke");
            }

            if (run.DryRun || plan.IsEmpty)
            {
                _changes.AddRange(run.DryRun ? plan.ResourceChanges : []);
                await CloseAsync(plan, ledger, current);
                return End(start, facts, desired, plan, current, ledger, mode);
            }

            if (await ApplyAsync(plan, ledger) is { } read)
            {
                return End(start, facts, desired, plan, read, fence.State.Ledger, mode);
            }
        }

        throw new SyncException(SyncErrorCode.InvalidPlan, $"the server refused more than {MaxPatches} parts of the change");
    }

    /// <summary>
    /// Writes intent, sends the PATCH, reads back, records. Null when the server refused a part and the rest must be
    /// planned anew.
    /// </summary>
    private async Task<IReadOnlyList<Assignment>?> ApplyAsync(GrantPlan plan, Ledger ledger)
    {
        var taskId = new TaskId(run.TaskId).ToString();
        var intent = ledger.WithIntent(plan, taskId, Time.GetUtcNow());
        var left = await fence.OpenAsync(state => state.Ledger = intent);
        var parts = _split ? plan.SplitRemoveThenAdd() : [plan.Changes];
        try
        {
            await Catalog.UpdatePermissionsAsync(run.Securable, parts[0], left, meter, CancellationToken.None);
            fence.State.LastWrite = Time.GetUtcNow();
        }
        catch (SyncException e) when (TakeOut(e))
        {
            return null;
        }
        catch (SyncException e) when (e.OutcomeUnknown)
        {
            run.Unconfirmed = plan.ResourceChanges;
            throw;
        }

        if (parts.Count > 1)
        {
            run.Unconfirmed = plan.ResourceChanges;
            return null; // removed; what is to be added is planned from the next read
        }

        var read = await VerifyAsync(plan);
        _changes.AddRange(plan.ResourceChanges);
        await fence.CloseAsync(state =>
        {
            state.Ledger = intent.AfterVerified(plan, read);
            state.LastVerified = Time.GetUtcNow();
            state.PolicyVersion = policies.Snapshot.Version;
            Remember(state);
        });
        return read;
    }

    // Readers may see the old grants for a while after a PATCH; a minute was seen (terraform-provider-databricks).
    private async Task<IReadOnlyList<Assignment>> VerifyAsync(GrantPlan plan)
    {
        var since = Time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(50); ; wait *= 2)
        {
            var read = await Catalog.GetPermissionsAsync(run.Securable, meter, CancellationToken.None);
            if (plan.Shows(read))
            {
                return read;
            }

            var left = Sync.VerifyTimeout - Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                // The write was answered, so none is under way; the ledger keeps intent and owned.
                await fence.CloseAsync(Remember);
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"a change of {run.Securable} was accepted, but reads did not show it within {Sync.VerifyTimeout}");
            }

            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks, TimeSpan.FromSeconds(2).Ticks));
            await Task.Delay(wait < left ? wait : left, Time);
        }
    }

    /// <summary>Takes out what the server refused; false when the failure is of another kind.</summary>
    private bool TakeOut(SyncException e)
    {
        var subject = e.Data["subject"] as string;
        switch (e.ServerCode)
        {
            case "PRINCIPAL_DOES_NOT_EXIST" when subject is not null:
                return _refusedPrincipals.Add(PrincipalKey.Of(subject));
            case "PRIVILEGE_NOT_APPLICABLE" when subject is not null:
                return _refusedPrivileges.Add(Privilege.Normalise(subject, run.Securable.Type));
            case "DUPLICATE_ADD_REMOVE" when !_split:
                return _split = true;
            default:
                return false;
        }
    }

    private GrantPlan Refine(GrantPlan plan)
    {
        var now = Time.GetUtcNow();
        var remembered = fence.State.Refused
            .Where(refused => now - refused.Value < RefusalLasts && directory.KindOf(refused.Key) == PrincipalKind.Unknown)
            .Select(refused => refused.Key);
        plan = _refusedPrincipals.Concat(remembered).Aggregate(plan, (rest, key) => rest.Without(key));
        return _refusedPrivileges.Aggregate(plan, (rest, privilege) => rest.WithoutPrivilege(privilege));
    }

    private void Remember(ResourceState state)
    {
        foreach (var key in _refusedPrincipals)
        {
            state.Refused[key] = Time.GetUtcNow();
        }

        foreach (var key in state.Refused.Where(refused => Time.GetUtcNow() - refused.Value >= RefusalLasts).Select(refused => refused.Key).ToList())
        {
            state.Refused.Remove(key);
        }
    }

    // Nothing to change means nothing written, also not to our own state, unless an intent is open or grants became ours.
    private async Task CloseAsync(GrantPlan plan, Ledger ledger, IReadOnlyList<Assignment> current)
    {
        if (run.DryRun || (!fence.IsOpen && plan.Adopted.Count == 0))
        {
            return;
        }

        var kept = ledger.WithIntent(plan, new TaskId(run.TaskId).ToString(), Time.GetUtcNow()).AfterVerified(plan, current);
        await fence.CloseAsync(state =>
        {
            state.Ledger = kept;
            Remember(state);
        });
    }

    private void Confirm(IReadOnlyList<Assignment> current)
    {
        foreach (var change in run.Unconfirmed)
        {
            var holds = current.Any(assignment =>
                PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(change.Principal) && assignment.Privileges.Contains(change.Privilege));
            if (holds == (change.Action == ChangeAction.Grant))
            {
                _changes.Add(change);
            }
        }

        run.Unconfirmed = [];
    }

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

    private RunReply End(
        DateTimeOffset start, SecurableFacts facts, DesiredState desired, GrantPlan plan, IReadOnlyList<Assignment> read, Ledger ledger, SyncMode mode)
    {
        var gaps = desired.Gaps.Concat(plan.Gaps).Concat(ExposedFromAbove(facts, desired)).ToList();
        var granted = _changes.Count(change => change.Action == ChangeAction.Grant);
        return new RunReply
        {
            Phase = RunPhase.Done,
            StalePolicies = policies.IsStale,
            UseRemovalsPending = IsContainer && run.Scope is RunScope.Full or RunScope.UseAdditions
                && LeavesUse(facts, desired, read, ledger, mode),
            Excess = IsContainer ? ExcessOn(facts, desired, read) : [],
            Result = new ResourceResult
            {
                Type = ResourceResult.TypeOf(run.Securable),
                FullName = run.Securable.FullName,
                Status = ResourceStatus.Success,
                Message = _changes.Count == 0 ? "nothing to change"
                    : $"{(run.DryRun ? "would grant" : "granted")} {granted}, {(run.DryRun ? "would revoke" : "revoked")} {_changes.Count - granted}",
                Changes = [.. _changes.Take(ResourceResult.MaxListed)],
                ChangeCount = _changes.Count,
                Gaps = [.. gaps.Take(ResourceResult.MaxListed)],
                GapCount = gaps.Count,
                Calls = meter.Calls,
                StartTime = start,
                EndTime = Time.GetUtcNow(),
                PolicyVersion = policies.Snapshot.Version,
            },
        };
    }

    private bool LeavesUse(
        SecurableFacts facts, DesiredState desired, IReadOnlyList<Assignment> read, Ledger ledger, SyncMode mode) =>
        !GrantPlanner.Plan(new PlanRequest
        {
            Facts = facts,
            Desired = desired.Grants,
            Current = read,
            Ledger = ledger,
            Mode = mode,
            Managed = Managed,
            Protected = Protected(),
            AllowRevoke = true,
            Scope = run.Scope == RunScope.Full ? PlanScope.AfterChildren : PlanScope.UseRemovalsOnly,
        }).IsEmpty;

    // What a container hands down and policy does not want there: named to what lies below, which cannot change it.
    private List<ExcessGrant> ExcessOn(SecurableFacts facts, DesiredState desired, IReadOnlyList<Assignment> read)
    {
        var quiet = Protected();
        if (facts.Owner is { } owner)
        {
            quiet.Add(PrincipalKey.Of(owner));
        }

        return [.. read
            .Where(assignment => !assignment.IsDeletedPrincipal && !quiet.Contains(PrincipalKey.Of(assignment.Principal)))
            .SelectMany(assignment => assignment.Privileges
                .Where(privilege => PrivilegeMatrix.IsInheritable(privilege, facts.Securable.Type) && !desired.Wants(assignment.Principal, privilege))
                .Select(privilege => new ExcessGrant(facts.Securable, assignment.Principal, privilege)))
            .Take(MaxExcess)];
    }

    private IEnumerable<Gap> ExposedFromAbove(SecurableFacts facts, DesiredState desired) => above
        .Where(excess => PrivilegeMatrix.Of(facts.Securable.Type, facts.Kind, excess.Privilege) == Applicability.Applicable
            && !desired.Wants(excess.Principal, excess.Privilege))
        .Select(excess => new Gap(GapCode.InheritedAccess, GapDirection.Exposed, excess.Principal, excess.Privilege,
            $"{excess.Container} grants it and hands it down; sync {excess.Container} to have it looked at", null));
}
