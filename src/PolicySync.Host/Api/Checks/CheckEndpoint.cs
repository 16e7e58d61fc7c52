using PolicySync.Grains.Checks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Checks;

/// <summary>Answers with the checks of what the service depends on, made by a silo at that time.</summary>
internal sealed class CheckEndpoint(DoctorCalls doctor)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/checks", static (HttpContext http, CheckEndpoint endpoint) => endpoint.AnswerAsync(http))
        .RequireAuthorization(Access.Read).WithName("getChecks").DocumentChecks();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (Access.SecurablesOf(http.User).AreLimited)
        {
            return Problem.Of(
                ProblemKind.SecurableNotAllowed,
                $"the checks show the whole service, so a token that `{SecurableClaim.Name}` limits may not read them; use a token without that claim");
        }

        var reader = new QueryReader(http.Request.Query);
        return reader.Faults.Count > 0
            ? Problem.Invalid(reader.Faults)
            : Results.Json(ServiceChecks.Of(await doctor.CheckAsync(http.RequestAborted)), ApiJson.Default.ServiceChecks);
    }
}
