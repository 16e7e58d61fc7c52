using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Parts;

namespace PolicySync.Ui.Tasks;

/// <summary>Tasks: the list, one task with its results, the form for a new one, and what can be done to one.</summary>
internal static class TaskPages
{
    public const string Sync = "sync";
    public const string DryRun = "dry";
    public const string Verify = "verify";

    /// <summary>Results of one page.</summary>
    private const int PageSize = 50;

    public static void Map(IEndpointRouteBuilder pages, IEndpointRouteBuilder forms)
    {
        pages.MapGet("/tasks", ListAsync);
        pages.MapGet("/tasks/new", static IResult () => Show.Page<NewTaskPage>());
        pages.MapGet("/tasks/{id}", ShowAsync);
        pages.MapGet("/tasks/{id}/events", TaskEventsForward.SendAsync);
        forms.MapPost("/tasks", CreateAsync);
        forms.MapPost("/tasks/{id}/cancel", CancelAsync);
        forms.MapPost("/tasks/{id}/retry", RetryAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new TaskFilter
        {
            Status = query.Choice<SyncTaskStatus>("status"),
            Outcome = query.Choice<SyncTaskOutcome>("outcome"),
            Type = query.Text("type"),
            Source = query.Text("source"),
            RequestedBy = query.Text("requestedBy"),
            Securable = query.Text("securable"),
            From = query.Time("from"),
            To = query.Time("to"),
            PageSize = PageSize,
        };
        return Show.Page<TaskListPage>(new { Filter = filter, Tasks = await api.Tasks(filter).ReadAsync(query.Text(Fields.Page), cancellation) });
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new ResourceFilter
        {
            Status = query.Choice<ResourceStatus>("status"),
            Drifted = query.Flag("drifted"),
            Changed = query.Flag("changed"),
            Code = query.Text("code"),
            PageSize = PageSize,
        };
        var task = await api.GetAsync(id, cancellation);
        var results = await api.Resources(id, filter).ReadAsync(query.Text(Fields.Page), cancellation);
        return Show.Page<TaskPage>(new { Task = task, Filter = filter, Results = results });
    }

    private static async Task<IResult> CreateAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var form = http.Request.Form;
        var securable = Fields.Securable(form.Needed("type", "The type"), form.Needed("name", "The name"));
        var request = form.Text("kind") switch
        {
            Verify => TaskRequest.Verify(securable),
            DryRun => TaskRequest.DryRun(securable),
            Sync => TaskRequest.Sync(securable),
            _ => throw PageFault.Invalid("Choose what the task does."),
        };
        if (form.Text("allowRevoke") is not null)
        {
            request = request with { RequestInfo = request.RequestInfo with { AllowRevoke = true } };
        }

        return Show.Then(Links.Task((await api.SubmitAsync(request, form.Text("key"), cancellation)).TaskId));
    }

    private static async Task<IResult> CancelAsync(string id, IPolicySyncClient api, CancellationToken cancellation)
    {
        await api.CancelAsync(id, cancellation);
        return Show.Then(Links.Task(id), Notices.Cancelled);
    }

    private static async Task<IResult> RetryAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Then(Links.Task((await api.RetryAsync(id, http.Request.Form.Text("key"), cancellation)).TaskId));
}
