using Microsoft.OpenApi;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Plans;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on plans.</summary>
internal static class PlanDocumentation
{
    public static RouteHandlerBuilder DocumentCreatePlan(this RouteHandlerBuilder operation) => operation
        .WithSummary("Make a plan")
        .WithDescription("Computes what a sync would change, with the current policies or with candidate policies, and writes nothing. "
            + "Ask for `Location` until the status is final, or send `Prefer: wait=N`.")
        .Accepts<PlanBody>("application/json")
        .Produces<PlanDetail>()
        .Produces<PlanDetail>(StatusCodes.Status202Accepted)
        .RefusesPolicies(408, 413, 415, 422)
        .TakesIdempotencyKey()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.RequestBody?.Description = "The plan to make.";
            document.Says("200", "With `Prefer: wait=N`: the plan has ended.");
            document.Says("202", "The plan is stored and has not ended, or the caller did not ask to wait.");
            document.LocatesTask("plan");
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentPlan(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read a plan")
        .WithDescription("With its summary when it has ended. `Prefer: wait=N` waits for the end.")
        .Produces<PlanDetail>()
        .Refuses(404)
        .TakesPlanId()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.Says("200", "The plan as it is now, or at the end of the wait.");
            document.Header("200", "Retry-After", "Seconds after which to ask again; absent when the plan has ended.", Refusals.Seconds());
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder DocumentPlanResources(this RouteHandlerBuilder operation) => operation
        .WithSummary("List what a plan would do to each securable")
        .WithDescription("As lines of a diff, as changes, and as the requests that would be sent, with the users whose access changes.")
        .Produces<PlanResourcePage>()
        .Refuses(404)
        .TakesPlanId()
        .TakesFlag("changed", "Only securables that would be changed, or that would not.")
        .TakesFilter("status", "Only securables of this status.", SchemaNames.ResourceStatus)
        .TakesPage("securables")
        .Says("200", "A page of securables.");

    public static RouteHandlerBuilder DocumentApply(this RouteHandlerBuilder operation) => operation
        .WithSummary("Apply a plan")
        .WithDescription("Creates a task that first compares the plan with what a sync would change now, and writes only when nothing has moved, and only what the "
            + "plan shows. Otherwise the task ends with the status `FAILED` and the code `PLAN_OUTDATED`. A plan of candidate policies can be applied "
            + "when the current policies have the same content.")
        .Produces<TaskAccepted>()
        .Produces<TaskAccepted>(StatusCodes.Status202Accepted)
        .Refuses(404, 409, 422)
        .RefusesAlso(ProblemKind.PoliciesUnavailable)
        .TakesPlanId()
        .TakesIdempotencyKey()
        .TakesPrefer()
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            document.Says("200", "With `Prefer: wait=N`: the task has ended. The answer has all members of the task.");
            document.Says("202", "The task is stored and has not ended, or the caller did not ask to wait.");
            document.Says("409", $"`{ProblemKind.PlanOutdated.Code}`: {ProblemKind.PlanOutdated.Meaning}");
            document.LocatesTask();
            return Task.CompletedTask;
        });

    private static RouteHandlerBuilder TakesPlanId(this RouteHandlerBuilder operation) => operation.AddOpenApiOperationTransformer(static (document, _, _) =>
    {
        if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "planId") is OpenApiParameter id)
        {
            id.Description = "The id of the plan.";
            id.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 19, Pattern = "^[0-9]{1,19}$" };
        }

        return Task.CompletedTask;
    });
}
