using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>What became of a request to repeat what failed in a task.</summary>
public enum RetryOutcome
{
    /// <summary>There is a new task.</summary>
    Accepted,

    /// <summary>A task that repeats it is under way, or was made by the same request.</summary>
    Repeated,

    /// <summary>There is no such task, or it has resources that the rights do not cover.</summary>
    NoTask,

    /// <summary>The new task would have resources that the rights do not cover.</summary>
    NotAllowed,

    /// <summary>The task has not ended.</summary>
    NotEnded,

    /// <summary>Nothing failed.</summary>
    NothingFailed,

    /// <summary>The key names the task of another request.</summary>
    OtherRequest,
}

/// <summary>
/// Repeats what failed in a task, as a new task that is linked with it. A task that ended before it had met all of its securables is
/// repeated as a whole. Safe for concurrent use.
/// </summary>
public sealed class TaskRetries(TaskGateway tasks, KeyedTasks keyed, ITaskStore store)
{
    /// <summary>Most failed securables that a new task names. With more, it repeats the whole request.</summary>
    public const int MaxResources = 10_000;

    private const int PageSize = 1_000;

    /// <summary>Makes the new task.</summary>
    /// <param name="id">The task to repeat.</param>
    /// <param name="subject">The subject of the token with which it is requested.</param>
    /// <param name="rights">The securables that the caller may sync.</param>
    /// <param name="keyOf">The key of the request for the new task; null without one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<(SyncTask? Task, RetryOutcome Outcome)> RetryAsync(
        TaskId id, string? subject, SecurableRights rights, Func<SyncRequest, TaskKey?> keyOf, CancellationToken cancellation)
    {
        if (await tasks.FindAsync(id, cancellation) is not { } failed || !rights.Allow(failed.Request))
        {
            return (null, RetryOutcome.NoTask);
        }

        if (!failed.Status.IsTerminal())
        {
            return (null, RetryOutcome.NotEnded);
        }

        if (await RequestOfAsync(failed, cancellation) is not { } request)
        {
            return (null, RetryOutcome.NothingFailed);
        }

        if (!rights.Allow(request))
        {
            return (null, RetryOutcome.NotAllowed);
        }

        request = request with { Subject = subject };
        var key = keyOf(request);
        if (key is null && failed.RetriedBy is { } earlier && await tasks.FindAsync(earlier, cancellation) is { } retry && !retry.Status.IsTerminal())
        {
            return (retry, RetryOutcome.Repeated);
        }

        var (task, outcome) = await keyed.SubmitAsync(request, key, cancellation);
        if (task is null)
        {
            return (null, RetryOutcome.OtherRequest);
        }

        // If the process dies before, the same request finds the task by its key and links it.
        await store.LinkRetryAsync(id, task.Id, cancellation);
        return (task, outcome == KeyedOutcome.Repeated ? RetryOutcome.Repeated : RetryOutcome.Accepted);
    }

    private async Task<SyncRequest?> RequestOfAsync(SyncTask task, CancellationToken cancellation)
    {
        var again = task.Request with { RetryOf = task.Id.Value, Key = null, DueAttempt = null, Origin = null, IgnoredMembers = [] };
        var hasMetAll = task.Progress.Total == task.Progress.Done && task.Outcome != SyncTaskOutcome.Cancelled;
        if (!hasMetAll || task.Progress.Failed > MaxResources)
        {
            return again;
        }

        return await FailedAsync(task.Id, cancellation) is { Count: > 0 } failed ? again with { Resources = failed } : null;
    }

    private async Task<IReadOnlyList<RequestedResource>> FailedAsync(TaskId id, CancellationToken cancellation)
    {
        var failed = new List<RequestedResource>();
        string? token = null;
        do
        {
            var page = await store.ReadResultsAsync(id, ResultFilter.Of(ResourceStatus.Failed), PageSize, token, cancellation);
            failed.AddRange(page.Resources.Select(Again).OfType<RequestedResource>());
            token = page.NextPageToken;
        }
        while (token is not null);
        return failed;
    }

    private static RequestedResource? Again(ResourceResult result) =>
        RequestedResource.Parse(result.Type, result.FullName) is { } resource ? resource with { SelfOnly = result.SelfOnly } : null;
}
