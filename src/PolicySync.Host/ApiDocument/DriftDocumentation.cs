using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Core.Drift;
using PolicySync.Host.Api.Drift;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on differences.</summary>
internal static class DriftDocumentation
{
    public static RouteHandlerBuilder DocumentDrift(this RouteHandlerBuilder operation) => operation
        .WithSummary("List differences")
        .WithDescription("What `VERIFY` tasks and dry runs have found and no sync has removed, over all securables that the token may read. The workspace is not "
            + "called. A page may be short or empty and still have a next one.")
        .Produces<DriftPage>()
        .Refuses()
        .TakesFilter("kind", "Only differences of this kind.", nameof(DriftKind))
        .TakesFilter("state", "Only differences of this state.", nameof(DriftState))
        .TakesText("securable", "Only differences of what this pattern covers, for example `main.sales` or `*.*.orders`.")
        .TakesText("principal", "Only differences of grants of this principal.")
        .TakesPage("differences")
        .Says("200", "A page of differences.");

    public static RouteHandlerBuilder DocumentAdopt(this RouteHandlerBuilder operation) => operation
        .WithSummary("Take a grant of others as the service's own")
        .WithDescription("From then on policy governs it: the next sync revokes it where no policy wants it. The workspace is read, and not changed.")
        .Produces(StatusCodes.Status204NoContent)
        .Refuses(404, 409, 502)
        .TakesDriftId()
        .Says("204", "The grant is the service's own.")
        .Says("409", ProblemKind.NotAdoptable.Meaning)
        .Says("502", ProblemKind.NotAnswered.Meaning);

    public static RouteHandlerBuilder DocumentIgnore(this RouteHandlerBuilder operation) => operation
        .WithSummary("Ignore a difference")
        .WithDescription("Until the end it is not counted as drift and not reported as a gap by `VERIFY` tasks and dry runs. Syncs repair it nevertheless.")
        .Produces<DriftDetail>()
        .Refuses(404, 408, 413, 415)
        .TakesDriftId()
        .Says("200", "The difference, ignored.")
        .AddOpenApiOperationTransformer(static async (document, context, cancellation) =>
        {
            // Not by `Accepts`: routing would take another media type to the operations beside this one, and answer 404.
            const string name = "IgnoreRequest";
            context.Document!.AddComponent(name, await context.GetOrCreateSchemaAsync(typeof(IgnoreBody), parameterDescription: null, cancellation));
            document.RequestBody = new OpenApiRequestBody
            {
                Description = "Why, and until when.",
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, context.Document) },
                },
            };
        });

    public static RouteHandlerBuilder DocumentRepair(this RouteHandlerBuilder operation) => operation
        .WithSummary("Repair a difference")
        .WithDescription("Creates a sync task of its securable. The task removes every difference of the securable that a sync removes.")
        .Produces<TaskAccepted>()
        .Produces<TaskAccepted>(StatusCodes.Status202Accepted)
        .Refuses(404, 422)
        .TakesDriftId()
        .TakesIdempotencyKey()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.LocatesTask();
            return Task.CompletedTask;
        })
        .Says("200", "With `Prefer: wait=N`: the task has ended. The answer has all members of the task.")
        .Says("202", "The task is stored and has not ended, or the caller did not ask to wait.");

    private static RouteHandlerBuilder TakesDriftId(this RouteHandlerBuilder operation) => operation.AddOpenApiOperationTransformer(static (document, _, _) =>
    {
        if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "driftId") is OpenApiParameter id)
        {
            id.Description = "The id of the difference.";
            id.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = DriftId.Length, MaxLength = DriftId.Length, Pattern = $"^[A-Za-z0-9_-]{{{DriftId.Length}}}$" };
        }

        return Task.CompletedTask;
    });
}
