using System.Globalization;
using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api;

/// <summary>The endpoints of the vendor's REST contract (specification §1), and the lists of tasks and of a task's securables.</summary>
internal sealed partial class TaskEndpoints(
    TaskGateway tasks, KeyedTasks keyed, TaskListing listing, StorageDeadline deadline, IOptions<ApiOptions> options, ApiMetrics metrics, ILogger<TaskEndpoints> logger)
{
    public const string Prefix = "/policysync/api/v1";

    /// <summary>Seconds after which a client should ask for a running task again.</summary>
    private const string PollAgain = "1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix).RequireAuthorization(Access.Api).WithTags("Tasks");
        api.MapPost("/task", static (HttpContext http, TaskEndpoints endpoints) => endpoints.CreateAsync(http))
            .WithName("createTask").DocumentCreate();
        api.MapGet("/tasks", static (HttpContext http, TaskEndpoints endpoints) => endpoints.ListTasksAsync(http))
            .WithName("listTasks").DocumentTasks();
        api.MapGet("/tasks/{taskId}", static (string taskId, HttpContext http, TaskEndpoints endpoints) => endpoints.ReadAsync(taskId, http))
            .WithName("getTask").DocumentGet();
        api.MapGet("/tasks/{taskId}/resources", static (string taskId, HttpContext http, TaskEndpoints endpoints) => endpoints.ListAsync(taskId, http))
            .WithName("listTaskResources").DocumentList();
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        var (request, faults) = SyncRequestReader.Read(body, options.Value.UnknownMembers);
        var (key, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        faults = [.. QueryNames.Unknown(http.Request.Query, []), .. keyFault is null ? [] : new[] { keyFault }, .. faults];
        if (request is null || faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        request = request with { Subject = TaskShare.SubjectOf(http.User.FindFirstValue("sub")) };
        var (task, outcome) = await deadline.WithinAsync(cancellation => SubmitAsync(request, key, cancellation), http.RequestAborted);
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

        http.Response.Headers.Location = $"{Prefix}/tasks/{task.Id}";
        http.Response.Headers.RetryAfter = PollAgain;
        return Results.Json(TaskAccepted.Of(task), ApiJson.Default.TaskAccepted, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<(SyncTask? Task, KeyedOutcome Outcome)> SubmitAsync(SyncRequest request, string? key, CancellationToken cancellation) => key is null
        ? (await tasks.SubmitAsync(request, cancellation), KeyedOutcome.Accepted)
        : await keyed.AcceptAsync(request, TaskKey.OfCaller(request.Subject, key, request), cancellation);

    private void NoteAccepted(SyncTask task, SyncRequest request, HttpContext http)
    {
        using (TaskTrace.Scope(logger, task.Id.ToString()))
        {
            LogAccepted(task.Id, WireNames.Of(task.Status), request.Resources.Count, http.User.FindFirstValue("sub"), http.Connection.RemoteIpAddress);
        }

        metrics.Accepted(task.Status);
    }

    private async Task<IResult> ReadAsync(string taskId, HttpContext http)
    {
        if (QueryNames.Unknown(http.Request.Query, []).ToList() is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (!TaskId.TryParse(taskId, out var id)
            || await deadline.WithinAsync(cancellation => tasks.FindAsync(id, cancellation), http.RequestAborted) is not { } task)
        {
            return NoTask();
        }

        if (!task.Status.IsTerminal())
        {
            http.Response.Headers.RetryAfter = PollAgain;
        }

        return Results.Json(TaskDetail.Of(task), ApiJson.Default.TaskDetail);
    }

    private async Task<IResult> ListTasksAsync(HttpContext http)
    {
        var (query, faults) = PageQuery<SyncTaskStatus>.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        try
        {
            var page = await deadline.WithinAsync(
                cancellation => listing.ReadAsync(query.Status, query.PageSize, query.PageToken, cancellation), http.RequestAborted);
            return Results.Json(TaskList.Of(page), ApiJson.Default.TaskList);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([new Fault("was not issued for this list", Parameter: "pageToken")]);
        }
    }

    private async Task<IResult> ListAsync(string taskId, HttpContext http)
    {
        if (!TaskId.TryParse(taskId, out var id))
        {
            return NoTask();
        }

        var (query, faults) = PageQuery<ResourceStatus>.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        try
        {
            var page = await deadline.WithinAsync(
                cancellation => tasks.ResourcesAsync(id, query.Status, query.PageSize, query.PageToken, cancellation), http.RequestAborted);
            return page is null ? NoTask() : Results.Json(ResourcePage.Of(page), ApiJson.Default.ResourcePage);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([new Fault("was not issued for this task's list", Parameter: "pageToken")]);
        }
    }

    private static Problem NoTask() => Problem.Of(ProblemKind.NotFound, "there is no such task");

    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "Accepted task {Id} ({Status}) with {Count} resources from {Subject} at {Address}")]
    private partial void LogAccepted(TaskId id, string status, int count, string? subject, IPAddress? address);
}
