using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Securables;

/// <summary>Answers who has access to a securable.</summary>
internal sealed class AccessEndpoint(
    SecurableQuestions questions, SecurableRecords records, StorageDeadline deadline, IOptions<ProcessOptions> process)
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag)
        .MapGet("/securables/{type}/{fullName}/access", static (string type, string fullName, HttpContext http, AccessEndpoint endpoint) => endpoint.AnswerAsync(type, fullName, http))
        .RequireAuthorization(Access.Read).WithName("getSecurableAccess").DocumentAccess();

    private async Task<IResult> AnswerAsync(string type, string fullName, HttpContext http)
    {
        if (SecurableEndpoints.Find(type, fullName, http.User) is not { } securable)
        {
            return SecurableEndpoints.NotFound;
        }

        var (question, faults) = AccessQuestion.Read(http.Request.Query, securable);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var report = question.Source == AccessSource.Last
            ? RecordedAccess.Of(securable, await deadline.WithinAsync(
                cancellation => records.FindAsync(process.Value.Instance, securable, cancellation), http.RequestAborted), question.Query)
            : null;
        if (report is null)
        {
            var reply = await questions.AskAsync(
                process.Value.Instance, securable, Access.SubjectOf(http.User),
                request => request with { Access = question.Query }, http.RequestAborted);
            if (reply.Result?.Error is { } error)
            {
                return error.Code == SyncErrorCode.SecurableNotFound
                    ? Problem.Of(ProblemKind.NotFound, error.Message) : Problem.NotAnswered(error.Code, error.Message);
            }

            report = reply.Access;
        }

        return report is null
            ? Problem.NotAnswered(SyncErrorCode.Unavailable, "the silo of the securable is of an earlier build; ask again when the upgrade has ended")
            : Results.Json(AccessPage.Of(report, question.Source, report.After is { } after ? ListToken.Write(question.Filter, after) : null), ApiJson.Default.AccessPage);
    }
}
