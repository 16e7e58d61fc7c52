using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;

namespace PolicySync.Grains.Resources;

/// <summary>How an attempt changes grants: intent, PATCH, read-back, and what is done when the server refuses.</summary>
internal sealed partial class RunAttempt
{
    private async Task RevokeAsync(
        GrantPlan plan, Ledger ledger, IReadOnlyList<PermissionChange> removals, Func<Task<(PlanRequest, GrantPlan)>> planAsync)
    {
        var intent = ledger.WithIntent(plan, new TaskId(run.TaskId).ToString(), Time.GetUtcNow());
        if (await SendAsync(plan, intent, removals) is { } refusal)
        {
            await IsolateAsync([.. plan.Parts.Where(part => !part.Grants)], refusal, planAsync);
            return;
        }

        await VerifyAsync(read => IsDone(removals, read)); // the next read confirms it
    }

    /// <summary>
    /// Writes intent, sends the PATCH, reads back, records. Null when a plan from a fresh read has to say what is left: the
    /// server refused something.
    /// </summary>
    private async Task<IReadOnlyList<Assignment>?> ApplyAsync(
        GrantPlan plan, Ledger ledger, Func<Task<(PlanRequest, GrantPlan)>> planAsync)
    {
        var intent = ledger.WithIntent(plan, new TaskId(run.TaskId).ToString(), Time.GetUtcNow());
        if (await SendInStepsAsync(plan, intent) is { } refusal)
        {
            await IsolateAsync(plan.Parts, refusal, planAsync);
            return null;
        }

        var shown = await VerifyAsync(plan.Shows);
        findings.Verified();
        await CloseAsync(state =>
        {
            state.Ledger = intent.AfterVerified(plan, shown);
            state.LastVerified = Time.GetUtcNow();
            state.PolicyVersion = policies.Snapshot.Version;
            findings.Remember(state, Time.GetUtcNow());
        });
        return shown;
    }

    private Task IsolateAsync(IReadOnlyList<PlanPart> parts, SyncException refusal, Func<Task<(PlanRequest, GrantPlan)>> planAsync) =>
        new Isolation(findings, directory, async sent =>
        {
            var (request, plan) = await planAsync();
            var part = plan.Only(sent.ToHashSet());
            if (part.IsEmpty)
            {
                return null; // others did it
            }

            var intent = request.Ledger.WithIntent(plan, new TaskId(run.TaskId).ToString(), Time.GetUtcNow());
            if (await SendInStepsAsync(part, intent) is { } again)
            {
                return again;
            }

            fence.State.Ledger = intent.AfterVerified(part, await VerifyAsync(part.Shows));
            findings.Verified();
            return null;
        }).RunAsync(parts, refusal);

    // Where the server takes no change that both adds and removes, what is added follows at once and is not planned anew: what
    // went along with ALL_PRIVILEGES would look as if nobody had it.
    private async Task<SyncException?> SendInStepsAsync(GrantPlan plan, Ledger intent)
    {
        IReadOnlyList<IReadOnlyList<PermissionChange>> steps = findings.Split ? [.. plan.SplitRemoveThenAdd().Select(half => half.Changes)] : [plan.Changes];
        foreach (var step in steps)
        {
            if (await SendAsync(plan, intent, step) is { } refusal)
            {
                return refusal;
            }

            if (step != steps[^1])
            {
                findings.Confirm(await VerifyAsync(read => IsDone(step, read)));
            }
        }

        return null;
    }

    /// <summary>Null when the server took the change; else how it refused its content.</summary>
    private async Task<SyncException?> SendAsync(GrantPlan plan, Ledger intent, IReadOnlyList<PermissionChange> part)
    {
        Stopping.ThrowIfCancellationRequested();
        var left = await fence.OpenAsync(run.Scope, intent);
        RememberName();
        findings.Sent(plan.ResourceChanges, part);
        try
        {
            await Catalog.UpdatePermissionsAsync(run.Securable, part, left, meter, CancellationToken.None);
        }
        catch (SyncException e) when (!e.OutcomeUnknown)
        {
            fence.Answered(applied: false);
            findings.Refused();

            if (e.Code == SyncErrorCode.SecurableNotFound)
            {
                await ReadAsync(); // if it is the securable that is gone, this says so
                return new SyncException(SyncErrorCode.InvalidPlan, e.Message, e) { ServerCode = e.ServerCode };
            }

            if (e.Code is not (SyncErrorCode.InvalidPlan or SyncErrorCode.PermissionDenied))
            {
                throw;
            }

            return e;
        }

        fence.Answered(applied: true);
        await RecheckAsync(part);
        return null;
    }

    // Between the read of a table and the grant others can drop it and make it anew: what was granted by its name is then on a
    // table without guards. So the table is read again, and what was granted is withdrawn unless it is the same one.
    private async Task RecheckAsync(IReadOnlyList<PermissionChange> sent)
    {
        if (_guards is not { AreInForce: true } guards || !sent.Any(change => change.Add.Any(privilege => privilege is Privilege.Select or Privilege.AllPrivileges))
            || guards.StillHold(await Tables!.GetTableAsync(run.Securable, meter, Stopping)))
        {
            return;
        }

        findings.Refused();
        List<PermissionChange> back = [.. sent.Where(change => change.Add.Count > 0).Select(change => change with { Add = [], Remove = change.Add })];
        var left = await fence.OpenAsync(run.Scope, fence.State.Ledger);
        try
        {
            await Catalog.UpdatePermissionsAsync(run.Securable, back, left, meter, CancellationToken.None);
        }
        catch (SyncException e) when (!e.OutcomeUnknown)
        {
            fence.Answered(applied: false);
            throw;
        }

        fence.Answered(applied: true);
        await VerifyAsync(read => IsDone(back, read));
        findings.Withdrawn = "what was granted was withdrawn once, since the table, its owner or its guards changed at that moment";
        throw new SyncException(SyncErrorCode.Unavailable,
            $"{run.Securable}, its owner or its row filters and masks changed while access to it was granted; what was granted was withdrawn");
    }

    // Readers may see the old grants for a while after a PATCH; a minute was seen (terraform-provider-databricks).
    private async Task<IReadOnlyList<Assignment>> VerifyAsync(Func<IReadOnlyList<Assignment>, bool> shows)
    {
        var since = Time.GetTimestamp();
        for (var reads = 0; ; reads++)
        {
            var read = await ReadAsync();
            if (shows(read))
            {
                return read;
            }

            var left = Sync.VerifyTimeout - Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"a change of {run.Securable} was accepted, but reads did not show it within {Sync.VerifyTimeout}");
            }

            var wait = Polls.After(reads);
            await Task.Delay(wait < left ? wait : left, Time, Stopping);
        }
    }

    private static bool IsDone(IReadOnlyList<PermissionChange> part, IReadOnlyList<Assignment> read) => part.All(change =>
    {
        var held = read.Where(assignment => change.Principal.Length > 0
                ? PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(change.Principal)
                : assignment.IsDeletedPrincipal && assignment.PrincipalId == change.PrincipalId)
            .SelectMany(assignment => assignment.Privileges).ToHashSet(StringComparer.Ordinal);
        return held.IsSupersetOf(change.Add) && !held.Overlaps(change.Remove);
    });

    // Nothing to change means nothing written, also not to our own state, unless an intent is open, grants became ours, or
    // another schedule comes next.
    private async Task CloseAsync(GrantPlan plan, Ledger ledger, IReadOnlyList<Assignment> current, bool learns)
    {
        if (run.DryRun || (!fence.IsOpen && plan.Adopted.Count == 0 && _due == fence.State.DueAt && !_forgets && !learns && !IsToBeRemembered))
        {
            return;
        }

        var kept = ledger.WithIntent(plan, new TaskId(run.TaskId).ToString(), Time.GetUtcNow()).AfterVerified(plan, current);
        await CloseAsync(state =>
        {
            state.Ledger = kept;
            findings.Remember(state, Time.GetUtcNow());
        });
    }

    private async Task CloseAsync(Action<ResourceState> record)
    {
        var before = fence.State.DueAt;
        record(fence.State);
        RememberName();
        var isRemembered = _remembered is not null && await _remembered;
        await fence.CloseAsync(state =>
        {
            state.DueAt = _due;
            state.KnownAs = isRemembered ? _identity : state.KnownAs;
        });
        await Agenda.ForgetAsync(run.Securable, before, _due, Stopping);
    }

    private bool IsToBeRemembered => _identity is not null && fence.State.KnownAs != _identity && fence.State.HoldsAnything;

    // Beside the PATCH, not before it: were the process to die now, the next run would do it.
    private void RememberName()
    {
        if (IsToBeRemembered)
        {
            _remembered ??= Renamed.RememberAsync(run.Securable, _identity!, Stopping);
        }
    }
}
