using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Events;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents each operation: every answer that it can give, and the vendor's examples.</summary>
internal static class TaskDocumentation
{
    private const string Json = "application/json";

    public static RouteHandlerBuilder DocumentCreate(this RouteHandlerBuilder operation) => operation
        .WithSummary("Create a sync task")
        .WithDescription("Answers when the task is stored. Ask for `Location` until the status is `SUCCESS`, `FAILED` or `SKIPPED`, or send `Prefer: wait=N`.")
        .Accepts<TaskBody>(Json)
        .Produces<TaskAccepted>()
        .Produces<TaskAccepted>(StatusCodes.Status202Accepted)
        .Refuses(408, 413, 415, 422)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .TakesIdempotencyKey()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.RequestBody is OpenApiRequestBody { Content: { } content } body)
            {
                body.Description = "The task to create.";
                content[Json].Examples = Examples.Requests.ToDictionary(
                    example => example.Name,
                    IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) });
            }

            document.Says("200", "With `Prefer: wait=N`: the task has ended. The answer has all members of the task.");
            document.Says("202", "The task is stored and has not ended, or the caller did not ask to wait.");
            document.LocatesTask();
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentGet(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read a task")
        .WithDescription("`Retry-After` says when to ask again while the task has not ended. `Prefer: wait=N` waits for the end.")
        .Produces<TaskDetail>()
        .Refuses(404)
        .TakesTaskId()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.Responses?["200"] is OpenApiResponse { Content: { } content })
            {
                content[Json].Example = JsonNode.Parse(Examples.Ended);
            }

            document.Says("200", "The task as it is now, or at the end of the wait.");
            document.Header("200", "Retry-After", "Seconds after which to ask again; absent when the task has ended.", Refusals.Seconds());
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentList(this RouteHandlerBuilder operation) => operation
        .WithSummary("List what a task did to each securable")
        .WithDescription("In the order of processing. While the task runs, results are added at the end.")
        .Produces<ResourcePage>()
        .Refuses(404)
        .TakesTaskId()
        .TakesFilter("status", "Only securables of this status.", SchemaNames.ResourceStatus)
        .TakesFlag("drifted", "Only securables that a dry run or a VERIFY task found to differ from policy, or not to differ.")
        .TakesFlag("changed", "Only securables that were changed, or were not changed.")
        .TakesText("code", "Only securables whose error, or one of whose gaps, has this code.")
        .TakesPage("securables")
        .Says("200", "A page of results.");

    public static RouteHandlerBuilder DocumentEvents(this RouteHandlerBuilder operation) => operation
        .WithSummary("Follow a task")
        .WithDescription("Server-sent events until the task ends: `status` with the task, `progress` with its progress, `result` with the result of "
            + "a securable, whose `id` is a number. The last event is the `status` of the ended task. A stream may end earlier: connect again with "
            + "`Last-Event-ID`.")
        .Produces<string>(StatusCodes.Status200OK, EventWriter.ContentType)
        .Refuses(404)
        .RefusesAlso(ProblemKind.TooManyStreams)
        .TakesTaskId()
        .Takes(
            ParameterLocation.Header, TaskEvents.LastEventId, "The `id` of the last event that the client has. The results after it are sent.",
            _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 18, Pattern = "^[0-9]{0,18}$" })
        .Says("200", "The events.")
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            // Generators read a binary answer piece by piece, and text to its end.
            if (document.Responses?["200"] is OpenApiResponse { Content: { } content })
            {
                content[EventWriter.ContentType].Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            }

            document.Header("200", "X-Accel-Buffering", "`no`: a proxy must not collect the events.");
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentTasks(this RouteHandlerBuilder operation) => operation
        .WithSummary("List tasks")
        .WithDescription("Open tasks first, then ended ones, newest first; those that the token may read. A page may be short or empty and still have a next one. "
            + "A task that ends between two pages may be on both.")
        .Produces<TaskList>()
        .Refuses()
        .TakesFilter("status", "Only tasks of this status.", SchemaNames.Status)
        .TakesFilter("outcome", "Only tasks that ended so.", SchemaNames.Outcome)
        .TakesText("type", "Only tasks of this type.")
        .TakesText("source", "Only tasks whose event has this source.")
        .TakesText("requestedBy", "Only tasks that this subject of a token requested.")
        .TakesText("securable", "Only tasks that were requested for this securable: its full name, with or without its type before it.")
        .TakesTime("from", "Only tasks that were created at this time or later.")
        .TakesTime("to", "Only tasks that were created before this time.")
        .TakesPage("tasks")
        .Says("200", "A page of tasks.");

    public static RouteHandlerBuilder DocumentCancel(this RouteHandlerBuilder operation) => operation
        .WithSummary("Cancel a task")
        .WithDescription("Securables in work are finished, no further one is started, and the task ends with the status `FAILED` and "
            + "the outcome `CANCELLED`. Repeating the call, or cancelling a task that has ended, changes nothing.")
        .Produces<TaskDetail>()
        .Produces<TaskDetail>(StatusCodes.Status202Accepted)
        .Refuses(404)
        .TakesTaskId()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.Says("200", "The task has ended.");
            document.Says("202", "The request to cancel the task is stored. Securables in work are finished.");
            document.LocatesTask();
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentRetry(this RouteHandlerBuilder operation) => operation
        .WithSummary("Repeat what failed in a task")
        .WithDescription("Creates a task of the securables that failed. A task that ended before it had met all of its securables is "
            + "repeated as a whole.")
        .Produces<TaskAccepted>()
        .Produces<TaskAccepted>(StatusCodes.Status202Accepted)
        .Refuses(404, 409, 422)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .RefusesAlso(ProblemKind.NothingToRetry)
        .TakesTaskId()
        .TakesIdempotencyKey()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.Says("200", "With `Prefer: wait=N`: the new task has ended. The answer has all members of the task.");
            document.Says("202", "The new task is stored and has not ended, or the caller did not ask to wait.");
            document.LocatesTask();
            return Task.CompletedTask;
        });

    /// <summary>Documents where the task of an answer is, and when to ask for it.</summary>
    public static void LocatesTask(this OpenApiOperation operation, string what = "task")

    {
        foreach (var status in new[] { "200", "202" })
        {
            operation.Header(status, "Location", $"Path of the {what}.");
            operation.Header(status, TaskAnswers.OperationLocation, $"Address of the {what}.");
            operation.Header(status, IdempotencyKey.ReplayedHeader, $"`true` when the {what} of this key existed already; absent otherwise.");
        }

        operation.Header("202", "Retry-After", $"Seconds after which to ask for the {what}.", Refusals.Seconds());
    }

    /// <summary>Describes an answer of the operation.</summary>
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder operation, string status, string description) =>
        operation.AddOpenApiOperationTransformer((document, _, _) =>
        {
            document.Says(status, description);
            return Task.CompletedTask;
        });

    /// <summary>Describes an answer.</summary>
    public static void Says(this OpenApiOperation operation, string status, string description)
    {
        if (operation.Responses is { } responses && responses.TryGetValue(status, out var answer))
        {
            answer.Description = description;
        }
    }
}
