using PolicySync.Core;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Auth;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api;

/// <summary>What callers do with a task: cancel it, and repeat what failed.</summary>
internal sealed partial class TaskActions(
    TaskGateway tasks, TaskRetries retries, TaskWait wait, TaskAnswers answers, StorageDeadline deadline, ApiMetrics metrics,
    ILogger<TaskActions> logger)
{
    public async Task<IResult> CancelAsync(string taskId, HttpContext http)
    {
        var (preferred, waitFault) = WaitPreference.Read(http.Request.Headers);
        if (FaultsOf(http, waitFault) is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (!TaskId.TryParse(taskId, out var id)
            || await deadline.WithinAsync(cancellation => tasks.CancelAsync(id, Access.SubjectOf(http.User), Access.SecurablesOf(http.User), cancellation), http.RequestAborted) is not { } task)
        {
            return TaskEndpoints.NoTask();
        }

        return answers.Cancelled(await wait.AfterAsync(task, preferred, http), http);
    }

    public async Task<IResult> RetryAsync(string taskId, HttpContext http)
    {
        var (name, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        var (preferred, waitFault) = WaitPreference.Read(http.Request.Headers);
        if (FaultsOf(http, keyFault, waitFault) is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (!TaskId.TryParse(taskId, out var id))
        {
            return TaskEndpoints.NoTask();
        }

        var (task, outcome) = await deadline.WithinAsync(
            cancellation => retries.RetryAsync(
                id, Access.SubjectOf(http.User), Access.SecurablesOf(http.User), request => name is null ? null : TaskKey.OfCaller(request.Subject, name, request), cancellation),
            http.RequestAborted);
        if (task is null)
        {
            return outcome switch
            {
                RetryOutcome.NotAllowed => Problem.NotAllowed([]),
                RetryOutcome.NotEnded => Problem.Of(ProblemKind.TaskNotEnded),
                RetryOutcome.NothingFailed => Problem.Of(ProblemKind.NothingToRetry),
                RetryOutcome.OtherRequest => Problem.Of(ProblemKind.KeyReused),
                _ => TaskEndpoints.NoTask(),
            };
        }

        if (outcome == RetryOutcome.Repeated)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }
        else
        {
            LogRetried(task.Id, WireNames.Of(task.Status), id, Access.SubjectOf(http.User));
            metrics.Accepted(task.Status);
        }

        return answers.Created(await wait.AfterAsync(task, preferred, http), hasWaited: preferred is not null, http);
    }

    private static List<Fault> FaultsOf(HttpContext http, params Fault?[] others) =>
        [.. new QueryReader(http.Request.Query).Faults, .. others.OfType<Fault>()];

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Accepted task {Id} ({Status}), which retries task {RetryOf}, from {Subject}")]
    private partial void LogRetried(TaskId id, string status, TaskId retryOf, string? subject);
}
