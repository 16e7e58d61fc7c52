using PolicySync.Core;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api.Plans;

/// <summary>Makes the tasks of plans durable, and waits for their end where the caller prefers that.</summary>
internal sealed partial class PlanTasks(
    KeyedTasks tasks, TaskWait wait, TaskAnswers answers, StorageDeadline deadline, ApiMetrics metrics, ILogger<PlanTasks> logger)
{
    /// <summary>Makes a task, or returns why it is refused.</summary>
    public async Task<(SyncTask? Task, Problem? Refusal)> SubmitAsync(SyncRequest request, TaskKey? key, TimeSpan? preferred, HttpContext http)
    {
        var (task, outcome) = await deadline.WithinAsync(cancellation => tasks.SubmitAsync(request, key, cancellation), http.RequestAborted);
        if (task is null)
        {
            return (null, Problem.Of(ProblemKind.KeyReused));
        }

        if (outcome == KeyedOutcome.Repeated)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }
        else
        {
            LogAccepted(task.Id, request.Type, WireNames.Of(task.Status), request.Resources.Count, request.Subject);
            metrics.Accepted(task.Status);
        }

        return (await wait.AfterAsync(task, preferred, http), null);
    }

    /// <summary>Returns a task when it has ended, or after the wait that the caller prefers.</summary>
    public Task<SyncTask> WaitAsync(SyncTask task, TimeSpan? preferred, HttpContext http) =>
        preferred is { } limit && !task.Status.IsTerminal() ? wait.ForEndAsync(task, limit, http) : Task.FromResult(task);

    /// <summary>The answer to a request that made a task.</summary>
    public IResult Created(SyncTask task, bool hasWaited, HttpContext http) => answers.Created(task, hasWaited, http);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information, Message = "Accepted task {Id} of type {Type} ({Status}) with {Count} resources from {Subject}")]
    private partial void LogAccepted(TaskId id, string type, string status, int count, string? subject);
}
