using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Host.Api;

/// <summary>Waits for the end of a task where a caller prefers that. A process that stops does not wait: another one answers the next request.</summary>
internal sealed class TaskWait(TaskGateway tasks, IHostApplicationLifetime host)
{
    /// <summary>
    /// As <see cref="ForEndAsync"/>, for a request whose effect is durable, and without a wait where none is preferred: a store that does
    /// not answer any more is no reason to refuse it, so the task is then returned as it is known.
    /// </summary>
    public async Task<SyncTask> AfterAsync(SyncTask task, TimeSpan? preferred, HttpContext http)
    {
        try
        {
            return preferred is { } limit ? await ForEndAsync(task, limit, http) : task;
        }
        catch (SyncException)
        {
            return task;
        }
    }

    /// <summary>Returns the task when it has ended, or as it is after <paramref name="wait"/>.</summary>
    public async Task<SyncTask> ForEndAsync(SyncTask task, TimeSpan wait, HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        http.Response.Headers[WaitPreference.AppliedHeader] = WaitPreference.Applied(wait);
        return await tasks.WaitAsync(task, wait, either.Token);
    }
}
