using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Counts results and concludes how a task ended (specification §1). Pure.</summary>
internal static class TaskTally
{
    /// <summary><paramref name="task"/> with <paramref name="results"/> counted in.</summary>
    public static SyncTask Add(SyncTask task, IReadOnlyList<ResourceResult> results)
    {
        var progress = task.Progress;
        var failed = results.Where(result => result.Status == ResourceStatus.Failed).ToList();
        return task with
        {
            Progress = progress with
            {
                Done = progress.Done + results.Count,
                Changed = progress.Changed + results.Count(result => result.ChangeCount > 0),
                Failed = progress.Failed + failed.Count,
                Skipped = progress.Skipped + results.Count(result => result.Status == ResourceStatus.Skipped),
                Gaps = progress.Gaps + results.Sum(result => (long)result.GapCount),
                Drifted = progress.Drifted + results.Count(result => result.Drifted),
            },
            Exposed = task.Exposed + results.Count(IsExposed),
            Failures = [.. task.Failures.Concat(failed.Select(result => new TaskFailure(
                result.Type, result.FullName, result.Error?.Code ?? SyncErrorCode.Internal, result.Message))).Take(SyncTask.MaxFailures)],
            PolicyVersion = results.Select(result => result.PolicyVersion).Append(task.PolicyVersion).Min(),
        };
    }

    /// <summary><paramref name="task"/> with <paramref name="after"/> counted in place of <paramref name="before"/>.</summary>
    public static SyncTask Replace(SyncTask task, ResourceResult before, ResourceResult after)
    {
        var without = task.Progress with
        {
            Done = task.Progress.Done - 1,
            Changed = task.Progress.Changed - (before.ChangeCount > 0 ? 1 : 0),
            Failed = task.Progress.Failed - (before.Status == ResourceStatus.Failed ? 1 : 0),
            Skipped = task.Progress.Skipped - (before.Status == ResourceStatus.Skipped ? 1 : 0),
            Gaps = task.Progress.Gaps - before.GapCount,
            Drifted = task.Progress.Drifted - (before.Drifted ? 1 : 0),
        };
        return Add(task with { Progress = without, Exposed = task.Exposed - (IsExposed(before) ? 1 : 0), Failures = before.Status == ResourceStatus.Failed ? [.. task.Failures.Where(IsOther)] : task.Failures }, [after]);

        bool IsOther(TaskFailure failure) => failure.Type != before.Type || failure.FullName != before.FullName;
    }

    private static bool IsExposed(ResourceResult result) => result.Gaps.Any(gap => gap.Direction == GapDirection.Exposed);

    /// <summary>
    /// Merges the results of two steps on one container: its first run, and a later step. The first failure counts. The first run
    /// has reported the gaps.
    /// </summary>
    public static ResourceResult Merge(ResourceResult? before, ResourceResult after) => before is null ? after : before with
    {
        Status = before.Status == ResourceStatus.Failed || after.Status == ResourceStatus.Failed ? ResourceStatus.Failed : before.Status,
        Message = before.Status == ResourceStatus.Failed ? before.Message
            : after.Status == ResourceStatus.Failed ? after.Message
            : $"{before.Message}; after its children: {after.Message}",
        Error = before.Status == ResourceStatus.Failed ? before.Error : after.Error,
        Changes = [.. before.Changes.Concat(after.Changes).Take(ResourceResult.MaxListed)],
        ChangeCount = before.ChangeCount + after.ChangeCount,
        Calls = before.Calls + after.Calls,
        EndTime = after.EndTime,
        PolicyVersion = new[] { before.PolicyVersion, after.PolicyVersion }.Min(),
        Drifted = before.Drifted || after.Drifted,
        PlannedCalls = [.. before.PlannedCalls, .. after.PlannedCalls.Select(call => call with { AfterChildren = true })],
        PlannedCallCount = before.PlannedCallCount + after.PlannedCallCount,
        Effect = before.Effect is { } first && after.Effect is { } second ? first.And(second) : before.Effect ?? after.Effect,
    };

    /// <summary>Returns the final state of a task that has processed all its securables.</summary>
    /// <param name="task">The task, all results counted in.</param>
    /// <param name="firstSkip">Why the first securable was skipped, for a task that skipped all.</param>
    public static SyncTask Conclude(SyncTask task, string? firstSkip)
    {
        var progress = task.Progress.Complete();
        task = task with { Progress = progress };
        var succeeded = progress.Done - progress.Failed - progress.Skipped;
        if (progress.Failed > 0)
        {
            return task with
            {
                Status = SyncTaskStatus.Failed,
                Outcome = succeeded > 0 ? SyncTaskOutcome.Partial : SyncTaskOutcome.Failed,
                Message = TaskMessages.Failed(progress, task.Failures[0]),
            };
        }

        if (succeeded == 0 && progress.Skipped > 0)
        {
            return task with
            {
                Status = SyncTaskStatus.Skipped,
                Outcome = SyncTaskOutcome.Skipped,
                Message = TaskMessages.Skipped(progress, firstSkip),
            };
        }

        return task with
        {
            Status = SyncTaskStatus.Success,
            Outcome = progress.Drifted > 0 && task.Request.Type == TaskTypes.Verify ? SyncTaskOutcome.Drifted
                : progress.Gaps > 0 ? SyncTaskOutcome.SucceededWithGaps : SyncTaskOutcome.Succeeded,
            Message = task.Request.Type switch
            {
                TaskTypes.Verify => TaskMessages.Verified(progress),
                TaskTypes.Plan => TaskMessages.Planned(progress),
                _ => TaskMessages.Succeeded,
            },
        };
    }
}
