using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using PolicySync.Core.Rights;
using PolicySync.Core;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api;

/// <summary>POST /task: reads the request, makes the task durable once, and waits for its end where the caller prefers that.</summary>
internal sealed partial class TaskCreation(
    KeyedTasks tasks, TaskWait wait, TaskAnswers answers, StorageDeadline deadline, IOptions<ApiOptions> options,
    ApiMetrics metrics, ILogger<TaskCreation> logger)
{
    /// <summary>Most resources that a refusal names.</summary>
    private const int MaxUncovered = 100;

    public async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        var (request, bodyFaults) = SyncRequestReader.Read(body, options.Value.UnknownMembers);
        var (key, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        var (preferred, waitFault) = WaitPreference.Read(http.Request.Headers);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. new[] { keyFault, waitFault }.OfType<Fault>(), .. bodyFaults];
        if (request is null || faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        if (Uncovered(request, Access.SecurablesOf(http.User)) is { Count: > 0 } uncovered)
        {
            return Problem.NotAllowed(uncovered);
        }

        request = request with { Subject = Access.SubjectOf(http.User) };
        var taskKey = key is null ? null : TaskKey.OfCaller(request.Subject, key, request);
        request = request with { TraceId = TaskTrace.RecordedId }; // not part of the key: a repeated request has another trace
        var (task, outcome) = await deadline.WithinAsync(cancellation => tasks.SubmitAsync(request, taskKey, cancellation), http.RequestAborted);
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
            NoteAccepted(task, request, http);
        }

        return answers.Created(await wait.AfterAsync(task, preferred, http), hasWaited: preferred is not null, http);
    }

    /// <summary>The first resources that the token may not sync.</summary>
    internal static List<Fault> Uncovered(SyncRequest request, SecurableRights rights, string pointer = "/requestInfo/resources") =>
    [
        .. request.Resources.Index().Where(each => !rights.Allow(each.Item)).Take(MaxUncovered).Select(each => new Fault(
            each.Item.Securable is { } securable
                ? $"`{WireNames.Of(securable.Type)} {securable.FullName}` is not covered by `{SecurableClaim.Name}` of the token"
                : $"names no securable, so `{SecurableClaim.Name}` of the token cannot cover it",
            JsonPointer.Element(pointer, each.Index))),
    ];

    private void NoteAccepted(SyncTask task, SyncRequest request, HttpContext http)
    {
        using (TaskTrace.Scope(logger, task.Id.ToString()))
        {
            LogAccepted(task.Id, WireNames.Of(task.Status), request.Resources.Count, http.User.FindFirstValue("sub"), http.Connection.RemoteIpAddress);
        }

        metrics.Accepted(task.Status);
    }

    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "Accepted task {Id} ({Status}) with {Count} resources from {Subject} at {Address}")]
    private partial void LogAccepted(TaskId id, string status, int count, string? subject, IPAddress? address);
}
