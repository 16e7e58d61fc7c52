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

    /// <summary>
    /// Makes a request to cancel the task durable and returns the state of the task; null when the store has no such task. Securables
    /// in work are finished, no further one is started, and the task ends. Repeating the call, or calling it for a task that has
    /// ended, changes nothing. Silos of earlier builds do not have this call.
    /// </summary>
    /// <param name="by">The subject of the token with which it was requested; null when that has none.</param>
    /// <exception cref="Core.Errors.SyncException">
    /// <see cref="Core.Errors.SyncErrorCode.Unavailable"/>: the store does not answer. The task may be cancelled nevertheless.
    /// </exception>
    [Alias("cancel"), AlwaysInterleave]
    Task<TaskView?> CancelAsync(string? by);
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
    [property: Id(7)] long Discovered,
    [property: Id(8)] long Done,
    [property: Id(9)] long Changed,
    [property: Id(10)] long Failed,
    [property: Id(11)] long Skipped,
    [property: Id(12)] long Gaps)
{
    /// <summary>See <see cref="TaskProgress.Total"/>. Silos of earlier builds do not send this and what follows.</summary>
    [Id(13)] public long? Total { get; init; }

    /// <summary>See <see cref="TaskProgress.Drifted"/>.</summary>
    [Id(14)] public long Drifted { get; init; }

    /// <summary>When a request to cancel the task was stored; null without one.</summary>
    [Id(15)] public DateTimeOffset? CancelTime { get; init; }

    /// <summary>The subject of that request.</summary>
    [Id(16)] public string? CancelBy { get; init; }

    /// <summary>The view of <paramref name="task"/>.</summary>
    public static TaskView Of(SyncTask task) => new(
        task.Status, task.Outcome, task.Message, task.StartTime, task.EndTime, task.PolicyVersion, task.StalePolicies,
        task.Progress.Discovered, task.Progress.Done, task.Progress.Changed, task.Progress.Failed, task.Progress.Skipped,
        task.Progress.Gaps)
    {
        Total = task.Progress.Total,
        Drifted = task.Progress.Drifted,
        CancelTime = task.Cancel?.Time,
        CancelBy = task.Cancel?.By,
    };

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
        Cancel = CancelTime is { } time ? new TaskCancel(CancelBy, time, []) : task.Cancel,
        Progress = new TaskProgress
        {
            Discovered = Discovered, Total = Total, Done = Done, Changed = Changed, Failed = Failed, Skipped = Skipped, Gaps = Gaps, Drifted = Drifted,
        },
    };
}
