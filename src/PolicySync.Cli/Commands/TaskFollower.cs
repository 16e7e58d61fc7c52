using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>Follows a task to its end, with its progress on standard error.</summary>
internal static class TaskFollower
{
    public static async Task<SyncTask> FollowAsync(Run run, PolicySyncClient client, string taskId, Action<TaskResource> onResult)
    {
        var line = new ProgressLine(run.World);
        SyncTask? last = null;
        try
        {
            await foreach (var update in client.StreamAsync(taskId, cancellation: run.Cancellation))
            {
                switch (update)
                {
                    case TaskStatusUpdate status:
                        last = status.Task;
                        line.Show(last.Status, last.Progress);
                        break;
                    case TaskProgressUpdate progress:
                        line.Show(last?.Status ?? SyncTaskStatus.InProgress, progress.Progress);
                        break;
                    case TaskResultUpdate result:
                        line.Clear();
                        onResult(result.Resource);
                        break;
                    default:
                        break;
                }
            }
        }
        finally
        {
            line.Clear();
        }

        // The state after the end, as `tasks show` has it.
        return await client.WaitAsync(last?.TaskId ?? taskId, cancellation: run.Cancellation);
    }

    public static int ExitCodeOf(SyncTask task) => task.Outcome switch
    {
        SyncTaskOutcome.Succeeded or SyncTaskOutcome.SucceededWithGaps => ExitCode.Success,
        SyncTaskOutcome.Drifted => ExitCode.Drift,
        _ when task.Status.IsEnded() => ExitCode.TaskFailed,
        _ => ExitCode.Success,
    };
}
