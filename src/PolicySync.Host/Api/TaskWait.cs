using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Host.Api;

/// <summary>Waits for the end of a task where a caller prefers that. A process that stops does not wait: another one answers the next request.</summary>
internal sealed class TaskWait(TaskGateway tasks, IHostApplicationLifetime host)
{
    /// <summary>Returns the task when it has ended, or as it is after <paramref name="wait"/>.</summary>
    public async Task<SyncTask> ForEndAsync(SyncTask task, TimeSpan wait, HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        http.Response.Headers[WaitPreference.AppliedHeader] = WaitPreference.Applied(wait);
        return await tasks.WaitAsync(task, wait, either.Token);
    }
}
