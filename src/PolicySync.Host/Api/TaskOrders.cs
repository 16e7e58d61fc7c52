using PolicySync.Core;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api;

/// <summary>The headers of a request whose task the service names itself.</summary>
/// <param name="Key">The name under which it may be repeated; null without one.</param>
/// <param name="Wait">How long to wait for the end of the task; null not at all.</param>
internal sealed record TaskOrder(string? Key, TimeSpan? Wait)
{
    /// <summary>Reads them, and the faults of headers and query.</summary>
    public static (TaskOrder Order, IReadOnlyList<Fault> Faults) Read(HttpContext http)
    {
        var (key, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        var (wait, waitFault) = WaitPreference.Read(http.Request.Headers);
        return (new TaskOrder(key, wait), [.. new QueryReader(http.Request.Query).Faults, .. new[] { keyFault, waitFault }.OfType<Fault>()]);
    }
}

/// <summary>Makes tasks that a caller orders by something else than a list of resources.</summary>
internal sealed partial class TaskOrders(
    KeyedTasks tasks, TaskWait wait, TaskAnswers answers, StorageDeadline deadline, ApiMetrics metrics, ILogger<TaskOrders> logger)
{
    /// <summary>Stores and starts the task, and answers as POST /task does.</summary>
    public async Task<IResult> SubmitAsync(SyncRequest request, TaskOrder order, HttpContext http)
    {
        var key = order.Key is { } name ? TaskKey.OfCaller(request.Subject, name, request) : null;
        var (task, outcome) = await deadline.WithinAsync(cancellation => tasks.SubmitAsync(request, key, cancellation), http.RequestAborted);
        if (task is null)
        {
            return Problem.Of(ProblemKind.KeyReused);
        }

        if (outcome == KeyedOutcome.Repeated)
        {
            http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        }
        else
        {
            LogAccepted(task.Id, WireNames.Of(task.Status), request.Subject);
            metrics.Accepted(task.Status);
        }

        return answers.Created(await wait.AfterAsync(task, order.Wait, http), hasWaited: order.Wait is not null, http);
    }

    [LoggerMessage(EventId = 1034, Level = LogLevel.Information, Message = "Accepted task {Id} ({Status}), which repairs a difference, from {Subject}")]
    private partial void LogAccepted(TaskId id, string status, string? subject);
}
