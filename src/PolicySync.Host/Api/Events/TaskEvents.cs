using System.Globalization;
using System.Security.Claims;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Events;

/// <summary>GET …/events: a task and its results as server-sent events, until the task ends.</summary>
internal sealed partial class TaskEvents(
    TaskGateway tasks, TaskFollower follower, OpenStreams streams, StorageDeadline deadline, IHostApplicationLifetime host, TimeProvider time,
    ILogger<TaskEvents> logger)
{
    /// <summary>The number of the last result that a client has; it gets those after it.</summary>
    public const string LastEventId = "Last-Event-ID";

    /// <summary>Longest number, in digits, that no sum with it overflows.</summary>
    private const int MaxDigits = 18;

    public async Task<IResult> StreamAsync(string taskId, HttpContext http)
    {
        var (after, fault) = ReadLastEventId(http.Request.Headers);
        if (new QueryReader(http.Request.Query).Faults.Concat(fault is null ? [] : [fault]).ToList() is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (!TaskId.TryParse(taskId, out var id))
        {
            return TaskEndpoints.NoTask();
        }

        using var place = streams.TryOpen(http.User.FindFirstValue("sub") ?? "");
        if (place is null)
        {
            return Problem.TooManyStreams();
        }

        if (await deadline.WithinAsync(cancellation => tasks.FindAsync(id, cancellation), http.RequestAborted) is not { } task
            || !Access.SecurablesOf(http.User).Allow(task.Request))
        {
            return TaskEndpoints.NoTask();
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        try
        {
            await follower.FollowAsync(task, after, new EventWriter(http, time), http, end.Token);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            LogCut(id); // the client is gone, or was cut off since it does not read
        }

        return Results.Empty;
    }

    private static (long After, Fault? Fault) ReadLastEventId(IHeaderDictionary headers) =>
        headers[LastEventId] is not [{ Length: > 0 } text] ? headers[LastEventId].Count > 1 ? (-1, OnlyOnce) : (-1, null)
        : text.Length <= MaxDigits && text.All(char.IsAsciiDigit) ? (long.Parse(text, CultureInfo.InvariantCulture), null)
        : (-1, new Fault("must be the `id` of an event of this task: a whole number", Header: LastEventId));

    private static Fault OnlyOnce { get; } = new("must appear only once", Header: LastEventId);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Debug, Message = "The client of the events of task {TaskId} is gone, or does not read")]
    private partial void LogCut(TaskId taskId);
}
