using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using PolicySync.Client;
using PolicySync.Ui.Http;
using PolicySync.Ui.Parts;

namespace PolicySync.Ui.Plans;

/// <summary>Plans: what a sync would do, with the policies as they are or with other ones, and to carry it out.</summary>
internal static class PlanPages
{
    /// <summary>The file is a whole download of Ranger.</summary>
    public const string WholeSet = "set";

    /// <summary>The file is one policy.</summary>
    public const string OnePolicy = "one";

    private const int PageSize = 50;

    // What the server takes. The API refuses policies of over 7 MiB, with an answer that a browser can show.
    private const int MaxFormBytes = 8 << 20;

    public static void Map(IEndpointRouteBuilder pages, IEndpointRouteBuilder forms)
    {
        pages.MapGet("/plans", ListAsync);
        pages.MapGet("/plans/new", static IResult () => Show.Page<NewPlanPage>());
        pages.MapGet("/plans/{id}", ShowAsync);
        pages.MapGet("/plans/{id}/apply", ConfirmAsync);
        forms.MapPost("/plans", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
        forms.MapPost("/plans/{id}/apply", ApplyAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var plans = await api.Tasks(new TaskFilter { Type = "PLAN", PageSize = PageSize }).ReadAsync(http.Request.Query.Text(Fields.Page), cancellation);
        return Show.Page<PlanListPage>(new { Plans = plans });
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var query = http.Request.Query;
        var filter = new PlanResourceFilter { Changed = query.Text("show") == "all" ? null : true, PageSize = PageSize };
        var plan = await api.PlanAsync(id, cancellation);
        var resources = await api.PlanResources(id, filter).ReadAsync(query.Text(Fields.Page), cancellation);
        return Show.Page<PlanPage>(new { Plan = plan, Resources = resources, ShowsAll = filter.Changed is null });
    }

    private static async Task<IResult> ConfirmAsync(string id, IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Page<ApplyPage>(new { Plan = await api.PlanAsync(id, cancellation) });

    private static async Task<IResult> ApplyAsync(string id, HttpContext http, IPolicySyncClient api, CancellationToken cancellation) =>
        Show.Then(Links.Task((await api.ApplyAsync(id, http.Request.Form.Text("key"), cancellation)).TaskId));

    private static async Task<IResult> CreateAsync(HttpContext http, IPolicySyncClient api, CancellationToken cancellation)
    {
        var form = http.Request.Form;
        var request = new PlanRequest
        {
            Resources = [.. Lines(form.Needed("resources", "The list of securables")).Select(ReadLine)],
            AllowRevoke = form.Text("allowRevoke") is null ? null : true,
        };
        if (form.Files.GetFile("file") is { Length: > 0 } file)
        {
            var json = await ReadAsync(file, cancellation);
            request = form.Text("what") == WholeSet ? request with { Policies = json } : request with { Policy = json };
        }

        return Show.Then(Links.Plan((await api.CreatePlanAsync(request, form.Text("key"), cancellation)).PlanId));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // `table main.sales.customers`
    private static Securable ReadLine(string line) => line.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var type, var name]
        ? Fields.Securable(type, name)
        : throw PageFault.Invalid($"`{line}` is not a type and a name: write for example `table main.sales.customers`.");

    private static async Task<JsonElement> ReadAsync(IFormFile file, CancellationToken cancellation)
    {
        try
        {
            await using var content = file.OpenReadStream();
            using var json = await JsonDocument.ParseAsync(content, cancellationToken: cancellation);
            return json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw PageFault.Invalid($"The file is not JSON: {e.Message}");
        }
    }
}
