using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>What was done about USE on the containers above a securable.</summary>
internal sealed record ParentOutcome
{
    public static ParentOutcome None { get; } = new();

    /// <summary>Runs on containers before the securable, outermost first.</summary>
    public IReadOnlyList<(Securable Container, RunReply Reply)> Before { get; init; } = [];

    /// <summary>Runs on containers after the securable, innermost first.</summary>
    public IReadOnlyList<(Securable Container, RunReply Reply)> After { get; init; } = [];

    /// <summary>Containers on which USE that the service granted is no longer wanted, outermost first.</summary>
    public IReadOnlyList<Securable> ToRemove { get; init; } = [];

    /// <summary>Containers outside the managed set.</summary>
    public IReadOnlyList<Gap> Unmanaged { get; init; } = [];

    /// <summary>Grants on containers that reach the securable against policy.</summary>
    public IEnumerable<ExcessGrant> Excess => Before.SelectMany(run => run.Reply.Excess);

    /// <summary>USE on containers that is withheld from a principal.</summary>
    public IReadOnlyList<(Securable Container, Gap Gap)> UseGaps =>
    [
        .. from run in Before
            from gap in run.Reply.Result?.Gaps ?? []
            where gap is { Direction: GapDirection.Withheld, Privilege: { } privilege } && Privilege.IsUse(privilege)
            select (run.Container, gap),
    ];

    /// <summary>
    /// Adds this outcome to the reply of the securable's own run. A failure on a container makes the whole a failure, or a
    /// caller would rely on access that cannot be reached.
    /// </summary>
    public RunReply AddTo(Run run, RunReply reply)
    {
        if (reply.Result is not { } result)
        {
            return reply;
        }

        var runs = Before.Concat(After).ToList();
        List<PlannedCall> before = [.. CallsOf(Before)], after = [.. CallsOf(After)];
        result = result with
        {
            Gaps = [.. result.Gaps.Concat(Unmanaged).Take(ResourceResult.MaxListed)],
            GapCount = result.GapCount + Unmanaged.Count,
            Message = string.Join("; ", runs.Where(one => one.Reply.Result is { ChangeCount: > 0 })
                .Select(one => $"USE on {one.Container}: {one.Reply.Result!.Message}").Prepend(result.Message)),
            Drifted = result.Drifted || runs.Exists(one => one.Reply.Result is { Drifted: true }),
        };
        if (before.Count + after.Count > 0)
        {
            result = result.WithPlannedCalls([.. before, .. result.PlannedCalls, .. after]);
        }

        if (result.Status == ResourceStatus.Success
            && runs.Find(one => one.Reply.Result is { Status: not ResourceStatus.Success, Error: not null }) is { Container: { } failed } failure)
        {
            var error = failure.Reply.Result!.Error!;
            var message = $"could not grant or revoke USE on {failed}: {error.Message}";
            var status = error.Code == SyncErrorCode.Suspended && result.ChangeCount == 0 ? ResourceStatus.Skipped : ResourceStatus.Failed;
            result = result with { Status = status, Message = message, Error = new ResultError(error.Code, message) };
        }

        // Containers above a container lose USE together with it, after its children.
        return reply with
        {
            Effect = run.IsForPlan ? runs.Select(one => one.Reply.Effect).Aggregate(reply.Effect, PlannedEffects.WithDigestOf) : null,
            Result = result,
            UseRemovalsPending = reply.UseRemovalsPending || (run is { IsContainer: true, Scope: RunScope.Full } && ToRemove.Count > 0),
        };
    }

    private static IEnumerable<PlannedCall> CallsOf(IEnumerable<(Securable Container, RunReply Reply)> runs) =>
        runs.SelectMany(run => run.Reply.Result?.PlannedCalls ?? []);
}

/// <summary>Asks the grains of the containers above to grant USE before the securable is synced, and to revoke it after.</summary>
internal sealed class ParentRuns(IResourceRuns resources, IOptions<SyncOptions> sync)
{
    private readonly Managed _managed = new(sync.Value);

    /// <summary>Grants missing USE before the securable is synced, outermost container first.</summary>
    public async Task<ParentOutcome> PrepareAsync(Run run, CancellationToken stopping)
    {
        if (!sync.Value.ParentUse || run is not { ParentsDone: false, Scope: RunScope.Full or RunScope.AfterChildren })
        {
            return ParentOutcome.None;
        }

        var parents = run.Securable.Parents.ToLookup(_managed.Covers);
        if (run.Scope == RunScope.AfterChildren)
        {
            return ParentOutcome.None with { ToRemove = [.. parents[true]] };
        }

        var runs = new List<(Securable Container, RunReply Reply)>();
        foreach (var container in parents[true])
        {
            var reply = await RunAsync(run, container, RunScope.UseAdditions, stopping);
            runs.Add((container, reply));
            if (reply.Result is { Status: not ResourceStatus.Success, Error: { } error }
                && (SyncErrorCodes.EndsTask(error.Code) || error.Code is SyncErrorCode.SecurableNotFound or SyncErrorCode.Suspended))
            {
                break; // the securable's own run fails in the same way
            }
        }

        return new ParentOutcome
        {
            Before = runs,
            ToRemove = [.. runs.Where(one => one.Reply.UseRemovalsPending).Select(one => one.Container)],
            Unmanaged = [.. parents[false].Select(container => new Gap(
                GapCode.ParentNotManaged, GapDirection.Withheld, null, container.Type == SecurableType.Catalog ? "USE_CATALOG" : "USE_SCHEMA",
                $"{container} is outside the managed set, so USE on it is left as it is", null))],
        };
    }

    /// <summary>Revokes USE that is no longer wanted after the securable is synced, innermost container first.</summary>
    public async Task<ParentOutcome> FinishAsync(Run run, ParentOutcome above, CancellationToken stopping)
    {
        if (run is { IsContainer: true, Scope: RunScope.Full })
        {
            return above;
        }

        var runs = new List<(Securable Container, RunReply Reply)>();
        foreach (var container in above.ToRemove.Reverse())
        {
            runs.Add((container, await RunAsync(run, container, RunScope.UseRemovals, stopping)));
        }

        return above with { After = runs };
    }

    private Task<RunReply> RunAsync(Run run, Securable container, RunScope scope, CancellationToken stopping) => resources.RunToEndAsync(
        new RunRequest
        {
            Securable = container,
            Scope = scope,
            DryRun = run.DryRun,
            AllowRevoke = scope == RunScope.UseRemovals && run.AllowRevoke, // additions are shared whatever was allowed
            ParentsDone = true,
            LapsedAt = run.LapsedAt,
            TaskId = run.TaskId,
            IsBulk = run.IsBulk,
            Share = run.Share,
            Candidate = run.Candidate,
            Allowed = run.Allowed,
        },
        standing => run.WaitFor(container, standing), stopping, run.Abandoned);
}
