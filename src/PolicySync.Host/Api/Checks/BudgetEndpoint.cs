using PolicySync.Grains.Checks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Checks;

/// <summary>Answers with the use of the workspace's budget. It names no securable, so every reader may ask.</summary>
internal sealed class BudgetEndpoint(DoctorCalls doctor)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/budget", static (HttpContext http, BudgetEndpoint endpoint) => endpoint.AnswerAsync(http))
        .RequireAuthorization(Access.Read).WithName("getBudget").DocumentBudget();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        var reader = new QueryReader(http.Request.Query);
        return reader.Faults.Count > 0
            ? Problem.Invalid(reader.Faults)
            : Results.Json(BudgetDetail.Of(await doctor.BudgetAsync(http.RequestAborted)), ApiJson.Default.BudgetDetail);
    }
}
