using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>What came of caring for USE on the containers above a securable.</summary>
/// <param name="Failures">Containers on which it could not be cared for.</param>
/// <param name="Gaps">Containers that are not ours to touch.</param>
/// <param name="Excess">Grants on them that reach the securable against policy.</param>
/// <param name="ToRemove">Containers on which our own USE is no longer wanted.</param>
/// <param name="Changed">What was changed on them, for people.</param>
/// <param name="Before">Of a dry run: what would be sent to them before the securable's own calls.</param>
/// <param name="After">The same, after them.</param>
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

    /// <summary>What of USE on them is withheld, from whomever.</summary>
    public IReadOnlyList<(Securable Container, Gap Gap)> UseGaps { get; init; } = [];

    /// <summary>
    /// The reply of the securable's own run with this outcome in it. What was done to the securable stands; that a
    /// container above failed makes the whole a failure, or a caller would believe in an access that cannot be reached.
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
            var message = $"USE on {container} could not be cared for: {error.Message}";
            result = result with { Status = ResourceStatus.Failed, Message = message, Error = new ResultError(error.Code, message) };
        }

        // What is above a container loses USE together with the container itself: after its children.
        return reply with
        {
            Result = result,
            UseRemovalsPending = reply.UseRemovalsPending || (run is { IsContainer: true, Scope: RunScope.Full } && ToRemove.Count > 0),
        };
    }
}

/// <summary>Asks the grains of the containers above for USE: granted before the securable is synced, taken back after.</summary>
internal sealed class ParentRuns(IResourceRuns resources, IOptions<SyncOptions> sync)
{
    private readonly Managed _managed = new(sync.Value);

    /// <summary>Before the securable: grants what is missing, outermost container first.</summary>
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
                    break; // the securable's own run meets the same
                }
            }
        }

        return new ParentOutcome(failures, gaps, excess, toRemove, changed, planned, []) { UseGaps = use };
    }

    /// <summary>After it, on a container after its children: takes back what is not wanted any more, innermost first.</summary>
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
