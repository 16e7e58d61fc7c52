using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Core.Suspensions;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api.Suspensions;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on suspensions.</summary>
internal static class SuspensionDocumentation
{
    public static RouteHandlerBuilder DocumentSuspensions(this RouteHandlerBuilder operation) => operation
        .WithSummary("List suspensions")
        .WithDescription("Those that are in force and whose patterns the token covers, the one that was set last first.")
        .Produces<SuspensionPage>()
        .Refuses()
        .TakesPage("suspensions")
        .Says("200", "A page of suspensions.");

    public static RouteHandlerBuilder DocumentSuspend(this RouteHandlerBuilder operation) => operation
        .WithSummary("Suspend securables")
        .WithDescription("Nothing is written on what the pattern covers until the end: tasks skip it with the code `SUSPENDED`. Once this is answered, after "
            + "about three seconds, no new write begins there; a write under way is finished. Reads, `VERIFY` and dry runs continue. Replaces a suspension of the "
            + "same pattern. Needs the scope `policysync.ops`.")
        .Accepts<SuspensionBody>("application/json")
        .Produces<SuspensionDetail>()
        .Refuses(408, 409, 413, 415)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .TakesPattern()
        .Says("200", "The suspension, which is in effect.")
        .Says("409", ProblemKind.TooManySuspensions.Meaning)
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            (document.RequestBody as OpenApiRequestBody)?.Description = "Why, and until when.";
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentResume(this RouteHandlerBuilder operation) => operation
        .WithSummary("Delete a suspension")
        .WithDescription("Writes begin again within about three seconds; nothing is synced by this alone. Needs the scope `policysync.ops`.")
        .Produces(StatusCodes.Status204NoContent)
        .Refuses(404)
        .TakesPattern()
        .Says("204", "The suspension is deleted.");

    private static RouteHandlerBuilder TakesPattern(this RouteHandlerBuilder operation) => operation.AddOpenApiOperationTransformer(static (document, _, _) =>
    {
        if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "pattern") is OpenApiParameter pattern)
        {
            pattern.Description = "1 to 3 names joined by dots, with `*` and `?` within a name, for example `main.sales`; it covers everything below too.";
            pattern.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = Suspension.MaxPattern, Pattern = $"^[^/]{{1,{Suspension.MaxPattern}}}$" };
        }

        return Task.CompletedTask;
    });
}
