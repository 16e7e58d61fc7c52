using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Asks the grain of a task for its current state. A task is durable before anyone asks about it, so a question without an
/// answer is never a caller's failure: the caller shows what the store has, which is true, if older.
/// </summary>
internal sealed partial class TaskViews(IGrainFactory grains, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromMilliseconds(100);

    /// <summary>The answer of the grain; null when there is none.</summary>
    /// <param name="id">The task.</param>
    /// <param name="ask">The call.</param>
    /// <param name="attempts">How often to call a grain that cannot be reached: the successor of a silo that is leaving answers.</param>
    /// <param name="patience">Ends the waiting.</param>
    public async Task<TaskView?> AskAsync(TaskId id, Func<ISyncTaskGrain, Task<TaskView?>> ask, int attempts, CancellationToken patience)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask(grains.GetGrain<ISyncTaskGrain>(id.Value)).WaitAsync(patience);
            }
            catch (Exception e) when (attempt < attempts && GrainCalls.IsUnreachable(e, patience))
            {
                await Task.Delay(BeforeRepeating, time, CancellationToken.None);
            }
            catch (Exception e) when (e is SyncException or OperationCanceledException || GrainCalls.IsUnreachable(e, patience))
            {
                LogUnanswered(e, id);
                return null;
            }
            catch (Exception e)
            {
                LogFailed(e, id);
                return null;
            }
        }
    }

    // At Debug, as during an outage every question ends here.
    [LoggerMessage(35, LogLevel.Debug, "Task {TaskId} did not answer; its stored state is shown")]
    private partial void LogUnanswered(Exception exception, TaskId taskId);

    [LoggerMessage(37, LogLevel.Warning, "Asking task {TaskId} for its state failed unexpectedly; its stored state is shown")]
    private partial void LogFailed(Exception exception, TaskId taskId);
}
