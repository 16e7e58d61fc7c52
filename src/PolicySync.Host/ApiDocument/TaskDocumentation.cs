using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Core.Tasks;
using PolicySync.Core;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents each operation: every answer that it can give, and the vendor's examples.</summary>
internal static class TaskDocumentation
{
    private const string Json = "application/json";

    public static RouteHandlerBuilder DocumentCreate(this RouteHandlerBuilder operation) => operation
        .WithSummary("Create a sync task")
        .WithDescription("Answers when the task is stored. Poll `Location` until the status is `SUCCESS`, `FAILED` or `SKIPPED`.")
        .Accepts<TaskBody>(Json)
        .Produces<TaskDetail>()
        .Produces<TaskAccepted>(StatusCodes.Status202Accepted)
        .Refuses(400, 401, 403, 413, 415, 422, 503)
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.RequestBody?.Content is { } content && content.TryGetValue(Json, out var body))
            {
                body.Examples = Examples.Requests.ToDictionary(
                    example => example.Name,
                    IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) });
            }

            document.Parameters ??= [];
            document.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Description = "A name of the caller's for this request. Within 24 hours, the same key and body give the same task.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength },
            });
            Prefer(document);
            Header(document, "200", WaitPreference.AppliedHeader, "The wait that was preferred.");
            Header(document, "202", TaskAnswers.OperationLocation, "Address of the task.");
            Header(document, "202", IdempotencyKey.ReplayedHeader, "`true` when the task of this key existed already.");
            Header(document, "202", "Location", "Path of the task.");
            Header(document, "202", "Retry-After", "Seconds after which to ask for the task.");
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentGet(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read a task")
        .WithDescription("`Retry-After` is set while the task has not ended. `Prefer: wait=N` waits for the end.")
        .Produces<TaskDetail>()
        .Refuses(400, 401, 403, 404, 503)
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.Responses?["200"] is OpenApiResponse { Content: { } content })
            {
                content[Json].Example = JsonNode.Parse(Examples.Ended);
            }

            Prefer(document);
            Header(document, "200", "Retry-After", "Seconds after which to ask again; absent when the task has ended.");
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentList(this RouteHandlerBuilder operation) => operation
        .WithSummary("List what a task did to each securable")
        .WithDescription("In the order of processing. While the task runs, results are added at the end.")
        .Produces<ResourcePage>()
        .Refuses(400, 401, 403, 404, 503)
        .Pages<ResourceStatus>("securables");

    public static RouteHandlerBuilder DocumentTasks(this RouteHandlerBuilder operation) => operation
        .WithSummary("List tasks")
        .WithDescription("Open tasks first, then ended ones, newest first. A page may be short or empty and still have a next one. "
            + "A task that ends between two pages may be on both.")
        .Produces<TaskList>()
        .Refuses(400, 401, 403, 503)
        .Pages<SyncTaskStatus>("tasks");

    private static RouteHandlerBuilder Pages<TStatus>(this RouteHandlerBuilder operation, string items)
        where TStatus : struct, Enum => operation.AddOpenApiOperationTransformer((document, _, _) =>
        {
            document.Parameters ??= [];
            document.Parameters.Add(Query("status", $"Only {items} of this status.", new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. WireNames.All<TStatus>().Select(name => JsonValue.Create(name))],
            }));
            document.Parameters.Add(Query("pageSize", $"Most {items} on one page; 0 means the default, more than {PageQuery<TStatus>.MaxPageSize} means {PageQuery<TStatus>.MaxPageSize}.", new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "0",
                Default = PageQuery<TStatus>.DefaultPageSize,
            }));
            document.Parameters.Add(Query("pageToken", "`nextPageToken` of the previous page.", new OpenApiSchema { Type = JsonSchemaType.String }));
            return Task.CompletedTask;
        });

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder operation, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            operation.Produces<ProblemAnswer>(status, Problem.ContentType);
        }

        return operation.AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            Header(document, "401", "WWW-Authenticate", "`Bearer`");
            Header(document, "503", "Retry-After", "Seconds after which to retry. The task may have been created nevertheless.");
            return Task.CompletedTask;
        });
    }

    private static void Prefer(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = WaitPreference.Header,
            In = ParameterLocation.Header,
            Description = "`wait=N`: answer when the task has ended, or after N seconds, at most 60.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    private static void Header(OpenApiOperation operation, string status, string name, string description)
    {
        if (operation.Responses is { } responses && responses.TryGetValue(status, out var answer) && answer is OpenApiResponse response)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };
}
