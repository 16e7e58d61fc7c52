using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>Outcome of granting and revoking USE on the containers above a securable.</summary>
/// <param name="Failures">Containers on which that failed.</param>
/// <param name="Gaps">Containers outside the managed set.</param>
/// <param name="Excess">Grants on containers that reach the securable against policy.</param>
/// <param name="ToRemove">Containers on which USE that the service granted is no longer wanted.</param>
/// <param name="Changed">What was changed on containers, for people.</param>
/// <param name="Before">In a dry run: requests about containers before the securable's own.</param>
/// <param name="After">In a dry run: requests about containers after the securable's own.</param>
internal sealed record ParentOutcome(
    IReadOnlyList<(Securable Container, ResultError Error)> Failures,
    IReadOnlyList<Gap> Gaps,
    IReadOnlyList<ExcessGrant> Excess,
    IReadOnlyList<Securable> ToRemove,
    IReadOnlyList<string> Changed,
    IReadOnlyList<PlannedCall> Before,
    IReadOnlyList<PlannedCall> After)
{
    public static ParentOutcome None { get; } = new([], [], [], [], [], [], []);

    /// <summary>USE on containers that is withheld from a principal.</summary>
    public IReadOnlyList<(Securable Container, Gap Gap)> UseGaps { get; init; } = [];

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

        var gaps = result.Gaps.Concat(Gaps).ToList();
        result = result with
        {
            Gaps = [.. gaps.Take(ResourceResult.MaxListed)],
            GapCount = result.GapCount + Gaps.Count,
            Message = string.Join("; ", Changed.Prepend(result.Message)),
            Drifted = result.Drifted || Before.Count + After.Count > 0,
        };
        if (Before.Count + After.Count > 0)
        {
            result = result.WithPlannedCalls([.. Before, .. result.PlannedCalls, .. After]);
        }

        if (Failures.Count > 0 && result.Status == ResourceStatus.Success)
        {
            var (container, error) = Failures[0];
            var message = $"could not grant or revoke USE on {container}: {error.Message}";
            result = result with { Status = ResourceStatus.Failed, Message = message, Error = new ResultError(error.Code, message) };
        }

        // Containers above a container lose USE together with it, after its children.
        return reply with
        {
            Result = result,
            UseRemovalsPending = reply.UseRemovalsPending || (run is { IsContainer: true, Scope: RunScope.Full } && ToRemove.Count > 0),
        };
    }
}

/// <summary>Asks the grains of the containers above to grant USE before the securable is synced, and to revoke it after.</summary>
internal sealed class ParentRuns(IResourceRuns resources, IOptions<SyncOptions> sync)
{
    private readonly Managed _managed = new(sync.Value);

    /// <summary>Grants missing USE before the securable is synced, outermost container first.</summary>
    public async Task<ParentOutcome> PrepareAsync(Run run, CancellationToken stopping)
    {
        if (!IsAsked(run))
        {
            return ParentOutcome.None;
        }

        if (run.Scope == RunScope.AfterChildren)
        {
            return ParentOutcome.None with { ToRemove = [.. run.Securable.Parents.Where(_managed.Covers)] };
        }

        var failures = new List<(Securable, ResultError)>();
        var gaps = new List<Gap>();
        var excess = new List<ExcessGrant>();
        var toRemove = new List<Securable>();
        var changed = new List<string>();
        var planned = new List<PlannedCall>();
        var use = new List<(Securable, Gap)>();
        foreach (var container in run.Securable.Parents)
        {
            if (!_managed.Covers(container))
            {
                gaps.Add(new Gap(GapCode.ParentNotManaged, GapDirection.Withheld, null,
                    container.Type == SecurableType.Catalog ? "USE_CATALOG" : "USE_SCHEMA",
                    $"{container} is outside the managed set, so USE on it is left as it is", null));
                continue;
            }

            var reply = await RunAsync(run, container, RunScope.UseAdditions, changed, planned, stopping);
            excess.AddRange(reply.Excess);
            use.AddRange((reply.Result?.Gaps ?? []).Where(gap => gap is { Direction: GapDirection.Withheld, Privilege: { } privilege } && Privilege.IsUse(privilege))
                .Select(gap => (container, gap)));
            if (reply.UseRemovalsPending)
            {
                toRemove.Add(container);
            }

            if (reply.Result is { Status: not ResourceStatus.Success, Error: { } error })
            {
                failures.Add((container, error));
                if (SyncErrorCodes.EndsTask(error.Code) || error.Code == SyncErrorCode.SecurableNotFound)
                {
                    break; // the securable's own run fails in the same way
                }
            }
        }

        return new ParentOutcome(failures, gaps, excess, toRemove, changed, planned, []) { UseGaps = use };
    }

    /// <summary>Revokes USE that is no longer wanted after the securable is synced, innermost container first.</summary>
    public async Task<ParentOutcome> FinishAsync(Run run, ParentOutcome above, CancellationToken stopping)
    {
        if (run is { IsContainer: true, Scope: RunScope.Full })
        {
            return above;
        }

        var failures = above.Failures.ToList();
        var changed = above.Changed.ToList();
        var planned = new List<PlannedCall>();
        foreach (var container in above.ToRemove.Reverse())
        {
            var reply = await RunAsync(run, container, RunScope.UseRemovals, changed, planned, stopping);
            if (reply.Result is { Status: not ResourceStatus.Success, Error: { } error })
            {
                failures.Add((container, error));
            }
        }

        return above with { Failures = failures, Changed = changed, After = planned };
    }

    private bool IsAsked(Run run) =>
        sync.Value.ParentUse && run is { ParentsDone: false, Scope: RunScope.Full or RunScope.AfterChildren };

    private async Task<RunReply> RunAsync(
        Run run, Securable container, RunScope scope, List<string> changed, List<PlannedCall> planned, CancellationToken stopping)
    {
        var request = new RunRequest
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
        };
        var reply = await resources.RunToEndAsync(
            request, standing => run.WaitFor(container, standing), stopping);
        if (reply.Result is { ChangeCount: > 0 } result)
        {
            changed.Add($"USE on {container}: {result.Message}");
            planned.AddRange(result.PlannedCalls);
        }

        return reply;
    }
}
