using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Events;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api;

/// <summary>The endpoints of the vendor's REST contract (specification §1), and the lists of tasks and of a task's securables.</summary>
internal sealed class TaskEndpoints(
    TaskGateway tasks, TaskListing listing, TaskWait wait, TaskAnswers answers, StorageDeadline deadline)
{
    public const string Prefix = "/policysync/api/v1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapPost("/task", static (HttpContext http, TaskCreation creation) => creation.CreateAsync(http))
            .RequireAuthorization(Access.Api).WithName("createTask").DocumentCreate();
        api.MapGet("/tasks", static (HttpContext http, TaskEndpoints endpoints) => endpoints.ListTasksAsync(http))
            .RequireAuthorization(Access.Read).WithName("listTasks").DocumentTasks();
        api.MapGet("/tasks/{taskId}", static (string taskId, HttpContext http, TaskEndpoints endpoints) => endpoints.ReadAsync(taskId, http))
            .RequireAuthorization(Access.Read).WithName("getTask").DocumentGet();
        api.MapGet("/tasks/{taskId}/resources", static (string taskId, HttpContext http, TaskEndpoints endpoints) => endpoints.ListAsync(taskId, http))
            .RequireAuthorization(Access.Read).WithName("listTaskResources").DocumentList();
        api.MapGet("/tasks/{taskId}/events", static (string taskId, HttpContext http, TaskEvents events) => events.StreamAsync(taskId, http))
            .RequireAuthorization(Access.Read).WithName("streamTask").DocumentEvents();
        api.MapPost("/tasks/{taskId}:cancel", static (string taskId, HttpContext http, TaskActions actions) => actions.CancelAsync(taskId, http))
            .RequireAuthorization(Access.Api).WithName("cancelTask").DocumentCancel();
        api.MapPost("/tasks/{taskId}:retry", static (string taskId, HttpContext http, TaskActions actions) => actions.RetryAsync(taskId, http))
            .RequireAuthorization(Access.Api).WithName("retryTask").DocumentRetry();
    }

    private async Task<IResult> ReadAsync(string taskId, HttpContext http)
    {
        var (preferred, fault) = WaitPreference.Read(http.Request.Headers);
        if (new QueryReader(http.Request.Query).Faults.Concat(fault is null ? [] : [fault]).ToList() is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (!TaskId.TryParse(taskId, out var id)
            || await deadline.WithinAsync(cancellation => tasks.FindAsync(id, cancellation), http.RequestAborted) is not { } task
            || !Access.SecurablesOf(http.User).Allow(task.Request))
        {
            return NoTask();
        }

        if (preferred is { } limit && !task.Status.IsTerminal())
        {
            task = await wait.ForEndAsync(task, limit, http);
        }

        return answers.Detail(task, http);
    }

    private async Task<IResult> ListTasksAsync(HttpContext http)
    {
        var (query, faults) = TaskQuery.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        try
        {
            var page = await deadline.WithinAsync(
                cancellation => listing.ReadAsync(query.Filter, Access.SecurablesOf(http.User), query.Page.Size, query.Page.Token, cancellation), http.RequestAborted);
            return Results.Json(TaskList.Of(page), ApiJson.Default.TaskList);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([Page.WrongToken]);
        }
    }

    private async Task<IResult> ListAsync(string taskId, HttpContext http)
    {
        if (!TaskId.TryParse(taskId, out var id))
        {
            return NoTask();
        }

        var (query, faults) = ResourceQuery.Read(http.Request.Query);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        try
        {
            var page = await deadline.WithinAsync(
                cancellation => tasks.ResourcesAsync(
                    id, Access.SecurablesOf(http.User), query.Filter, query.Page.Size, query.Page.Token, cancellation), http.RequestAborted);
            return page is null ? NoTask() : Results.Json(ResourcePage.Of(page), ApiJson.Default.ResourcePage);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([new Fault("was not issued for this task's list", Parameter: "pageToken")]);
        }
    }

    internal static Problem NoTask() => Problem.Of(ProblemKind.NotFound, "there is no such task"); // also where the token may not read it
}
