using PolicySync.Host.Api.Checks;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operation that checks the service.</summary>
internal static class CheckDocumentation
{
    public static RouteHandlerBuilder DocumentChecks(this RouteHandlerBuilder operation) => operation
        .WithSummary("Check what the service depends on")
        .WithDescription("A process checks its storage, the source of its policies, the workspace, the directory of principals, its rights on the first managed catalogs, "
            + "the SQL warehouse and the suspensions, side by side and each for 10 seconds at most. Nothing is changed or started; calls of the workspace count in its budget. "
            + "Requests during a round of checks are answered with its results. A check that fails is part of the answer; the status of the answer is still `200`. "
            + "A token that is limited to securables may not read it.")
        .Produces<ServiceChecks>()
        .Refuses()
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .Says("200", "The results of the checks.");

    public static RouteHandlerBuilder DocumentBudget(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read how the budget of the workspace is used")
        .WithDescription("All processes share the requests per second and at once that may be sent to the workspace. The answer is what they reported last, within 5 seconds. "
            + "The workspace is not called.")
        .Produces<BudgetDetail>()
        .Refuses()
        .Says("200", "The use of the budget.");
}
