using Orleans.Concurrency;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Drives one task. The key is the task id.</summary>
[Alias("ps.sync-task")]
public interface ISyncTaskGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Starts or resumes the stored task and returns its state. Repeating the call changes nothing, so gateways, recovery and retries
    /// may all call it. Null when the store has no such task, or when the silo has no room for it.
    /// </summary>
    [Alias("start"), AlwaysInterleave]
    Task<TaskView?> StartAsync();

    /// <summary>
    /// As <see cref="StartAsync"/>, for a task that was stored a moment ago, which need not be read then. Null when the silo has no
    /// room for it; the task starts later, from the store.
    /// </summary>
    [Alias("begin"), AlwaysInterleave]
    Task<TaskView?> BeginAsync(AcceptedTask accepted);

    /// <summary>Returns the state of the task without waiting for work. Null when the store has no such task.</summary>
    [Alias("view"), AlwaysInterleave]
    Task<TaskView?> ViewAsync();

    /// <summary>
    /// Returns the state of the task when it has ended, or after <paramref name="limit"/>, which is shorter than a call may take. At
    /// once when this silo does not drive the task. Silos of earlier builds do not have this call.
    /// </summary>
    [Alias("wait"), AlwaysInterleave]
    Task<TaskView?> WaitAsync(TimeSpan limit);
}

/// <summary>The part of a task that changes while it runs. The stored copy may be older. Its parameters are the wire form.</summary>
[GenerateSerializer, Alias("ps.task-view"), Immutable]
public sealed record TaskView(
    [property: Id(0)] SyncTaskStatus Status,
    [property: Id(1)] SyncTaskOutcome? Outcome,
    [property: Id(2)] string Message,
    [property: Id(3)] DateTimeOffset? StartTime,
    [property: Id(4)] DateTimeOffset? EndTime,
    [property: Id(5)] long? PolicyVersion,
    [property: Id(6)] bool StalePolicies,
    [property: Id(7)] long Total,
    [property: Id(8)] long Done,
    [property: Id(9)] long Changed,
    [property: Id(10)] long Failed,
    [property: Id(11)] long Skipped,
    [property: Id(12)] long Gaps)
{
    /// <summary>The view of <paramref name="task"/>.</summary>
    public static TaskView Of(SyncTask task) => new(
        task.Status, task.Outcome, task.Message, task.StartTime, task.EndTime, task.PolicyVersion, task.StalePolicies,
        task.Progress.Total, task.Progress.Done, task.Progress.Changed, task.Progress.Failed, task.Progress.Skipped,
        task.Progress.Gaps);

    /// <summary>Returns <paramref name="task"/> with the values of this view.</summary>
    public SyncTask Over(SyncTask task) => task with
    {
        Status = Status,
        Outcome = Outcome,
        Message = Message,
        StartTime = StartTime,
        EndTime = EndTime,
        PolicyVersion = PolicyVersion,
        StalePolicies = StalePolicies,
        Progress = new TaskProgress(Total, Done, Changed, Failed, Skipped, Gaps),
    };
}
