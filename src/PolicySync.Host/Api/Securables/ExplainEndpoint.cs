using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Securables;

/// <summary>Explains why a principal has, or does not have, a privilege on a securable.</summary>
internal sealed class ExplainEndpoint(SecurableQuestions questions, IOptions<ApiOptions> options, IOptions<ProcessOptions> process)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapPost("/explain", static (HttpContext http, ExplainEndpoint endpoint) => endpoint.AnswerAsync(http))
        .RequireAuthorization(Access.Read).WithName("explain").DocumentExplain();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        var (question, named, bodyFaults) = ExplainBodyReader.Read(body, options.Value.UnknownMembers);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. bodyFaults];
        if (question is null || named?.Securable is not { } securable || faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        if (!Access.SecurablesOf(http.User).Allow(named))
        {
            return SecurableEndpoints.NotFound;
        }

        var reply = await questions.AskAsync(
            process.Value.Instance, securable, Access.SubjectOf(http.User),
            request => request with { Explain = question }, http.RequestAborted);
        return reply.Result?.Error switch
        {
            { Code: SyncErrorCode.SecurableNotFound } error => Problem.Of(ProblemKind.NotFound, error.Message),
            { Code: SyncErrorCode.Unsupported } error => Problem.Invalid([new Fault(error.Message, Pointer: "/privilege")]),
            { } error => Problem.NotAnswered(error.Code, error.Message),
            null when reply.Explanation is { } explanation => Results.Json(explanation, ApiJson.Default.Explanation),
            null => Problem.NotAnswered(SyncErrorCode.Unavailable, "the silo of the securable is of an earlier build; ask again when the upgrade has ended"),
        };
    }
}
