using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Reading;
using PolicySync.Grains.Resources.Runs;

namespace PolicySync.Grains.Resources.Writing;

/// <summary>Carries out steps that change grants.</summary>
internal sealed class GrantWriter(FencedWriter writer, RunCalls calls, ChangeTracker changes, TimeProvider time)
{
    /// <summary>Sends the step's PATCHes.</summary>
    /// <exception cref="SyncException">A PATCH failed for a cause that is not its content.</exception>
    public async Task<WriteResult> WriteAsync(RunPlan plan, RunStep.ChangeGrants step)
    {
        using var whole = writer.BeginStep();
        var intent = plan.Ledger.WithIntent(step.Grants, writer.TaskId, time.GetUtcNow());
        CurrentState? read = null;
        foreach (var patch in step.Patches)
        {
            var shown = patch == step.Patches[^1] ? step.Grants : patch;
            var result = await writer.WriteAsync(
                intent,
                left =>
                {
                    changes.BeginSending(patch.ResourceChanges);
                    return calls.PatchAsync(patch.Changes, left);
                },
                async () =>
                {
                    await WithdrawUnlessGuardedAsync(plan.Inputs, step, patch);
                    read = await writer.PollAsync(
                        calls.GetCurrentAsync, current => shown.Shows(current.Grants), $"a change of {plan.Inputs.Securable} was accepted");
                    await writer.Audit.TellAnsweredAsync(read.Grants);
                },
                on: patch == step.Patches[0] ? null : [],
                audited: AuditChange.Of(plan.Inputs, writer.TaskId, patch.ResourceChanges));
            if (result is WriteResult.Refused refused)
            {
                return await RefuseAsync(plan.Inputs.Securable, refused);
            }

            if (result is WriteResult.Unknown)
            {
                return result;
            }

            changes.ConfirmAll();
        }

        writer.State.Ledger = intent.AfterVerified(step.Grants, read!.Grants);
        writer.State.LastVerified = time.GetUtcNow();
        writer.State.PolicyVersion = plan.Inputs.Policies.Version;
        return new WriteResult.Shown(read);
    }

    private async Task<WriteResult> RefuseAsync(Securable securable, WriteResult.Refused refused)
    {
        changes.DiscardSent();
        var refusal = refused.Refusal;
        if (refusal.Code == SyncErrorCode.SecurableNotFound)
        {
            await calls.GetGrantsAsync(securable); // fails if it is the securable that does not exist, not a principal
            return new WriteResult.Refused(new SyncException(SyncErrorCode.InvalidPlan, refusal.Message, refusal) { ServerCode = refusal.ServerCode });
        }

        return refusal.Code is SyncErrorCode.InvalidPlan or SyncErrorCode.PermissionDenied ? refused : throw refusal;
    }

    // Between the read of a table and the grant others can drop the table and create it anew: the grant, made by name, is
    // then on a table without row filter and masks. So the table is read again, and the grant withdrawn unless it is the same.
    private async Task WithdrawUnlessGuardedAsync(RunInputs inputs, RunStep.ChangeGrants step, GrantPlan patch)
    {
        var securable = inputs.Securable;
        if (step.ReliesOn is not { } guards || !patch.GrantsSelect || guards.StillHolds(await calls.GetTableAsync()))
        {
            return;
        }

        changes.DiscardSent();
        List<PermissionChange> back =
            [.. patch.Changes.Where(change => change.Add.Count > 0).Select(change => change with { Add = [], Remove = change.Add })];
        var result = await writer.WriteAsync(
            writer.State.Ledger,
            left => calls.PatchAsync(back, left),
            () => writer.PollAsync(
                calls.GetCurrentAsync, current => !back.Exists(change => IsHeld(change, current.Grants)), $"a change of {securable} was withdrawn"),
            on: [],
            audited: AuditChange.Of(inputs, writer.TaskId, [.. patch.ResourceChanges.Where(change => change.Action == ChangeAction.Grant)
                .Select(change => change with { Action = ChangeAction.Revoke })]));
        switch (result)
        {
            case WriteResult.Refused refused:
                throw refused.Refusal;
            case WriteResult.Unknown unknown:
                throw unknown.Fault;
        }

        await writer.Audit.TellAnsweredAsync(null); // the grant as well, which no later read shows

        changes.Withdrawn = "what was granted was withdrawn once, since the table, its owner or its guards changed at that moment";
        throw new SyncException(SyncErrorCode.Unavailable,
            $"{securable}, its owner or its row filters and masks changed while access to it was granted; what was granted was withdrawn");
    }

    private static bool IsHeld(PermissionChange change, IReadOnlyList<Assignment> read) => read.Any(assignment =>
        (change.Principal.Length > 0
            ? PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(change.Principal)
            : assignment.IsDeletedPrincipal && assignment.PrincipalId == change.PrincipalId)
        && assignment.Privileges.Any(change.Remove.Contains));
}
