using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Suspensions;

/// <summary>The endpoints about suspensions.</summary>
internal sealed partial class SuspensionEndpoints(ISuspensions store, StorageDeadline deadline, TimeProvider time, ILogger<SuspensionEndpoints> logger)
{
    /// <summary>
    /// Time from the storage of a suspension to the answer: the age of the lists by which silos write, and a margin for a write that was
    /// admitted by a list of that age and is on its way to the network.
    /// </summary>
    public static readonly TimeSpan TakesEffectIn = ISuspensions.MaxAge + TimeSpan.FromMilliseconds(500);

    private const string PatternName = "pattern";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapGet("/suspensions", static (HttpContext http, SuspensionEndpoints endpoints) => endpoints.ListAsync(http))
            .RequireAuthorization(Access.Read).WithName("listSuspensions").DocumentSuspensions();
        api.MapPut("/suspensions/{pattern}", static (string pattern, HttpContext http, SuspensionEndpoints endpoints) => endpoints.SetAsync(pattern, http))
            .RequireAuthorization(Access.Operations).WithName("suspend").DocumentSuspend();
        api.MapDelete("/suspensions/{pattern}", static (string pattern, HttpContext http, SuspensionEndpoints endpoints) => endpoints.RemoveAsync(pattern, http))
            .RequireAuthorization(Access.Operations).WithName("resume").DocumentResume();
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var query = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(query);
        if (query.Faults is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (SuspensionToken.Read(page.Token) is not { } isAfter)
        {
            return Problem.Invalid([Page.WrongToken]);
        }

        var rights = Access.SecurablesOf(http.User);
        var rest = SuspensionToken.InOrder((await InForceAsync(http)).Where(suspension => rights.Allow(suspension.Pattern) && isAfter(suspension)));
        var shown = rest.Take(page.Size).ToList();
        return Results.Json(
            new SuspensionPage([.. shown.Select(SuspensionDetail.Of)], shown.Count < rest.Count ? SuspensionToken.Write(shown[^1]) : null),
            ApiJson.Default.SuspensionPage);
    }

    private async Task<IResult> SetAsync(string text, HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        var now = time.GetUtcNow();
        var bodyFaults = new FaultList();
        var (reason, end) = ReasonReader.Read(body, now, bodyFaults);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. FaultsOf(text), .. bodyFaults.Faults];
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var suspension = new Suspension(NamePattern.Parse(text), reason, end, Access.SubjectOf(http.User), now);
        if (!Access.SecurablesOf(http.User).Allow(suspension.Pattern))
        {
            return Problem.NotAllowed([new Fault($"`{suspension.Pattern.Key}` is not covered by `{SecurableClaim.Name}` of the token", Parameter: PatternName)]);
        }

        if ((await InForceAsync(http)).Count(other => other.Pattern.Key != suspension.Pattern.Key) >= Suspension.MaxCount)
        {
            return Problem.Of(ProblemKind.TooManySuspensions);
        }

        await deadline.WithinAsync(
            async cancellation =>
            {
                await store.SetAsync(suspension, cancellation);
                return true;
            }, http.RequestAborted);
        LogSuspended(suspension.Pattern.Key, suspension.EndTime, suspension.CreatedBy, suspension.Reason);
        await Task.Delay(TakesEffectIn, time, http.RequestAborted);
        return Results.Json(SuspensionDetail.Of(suspension), ApiJson.Default.SuspensionDetail);
    }

    private async Task<IResult> RemoveAsync(string text, HttpContext http)
    {
        if (new QueryReader(http.Request.Query).Faults is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (FaultsOf(text).Any() || NamePattern.Parse(text) is not { } pattern || !Access.SecurablesOf(http.User).Allow(pattern)
            || (await InForceAsync(http)).All(suspension => suspension.Pattern.Key != pattern.Key)
            || !await deadline.WithinAsync(cancellation => store.RemoveAsync(pattern, cancellation), http.RequestAborted))
        {
            return Problem.Of(ProblemKind.NotFound, "there is no suspension with this pattern");
        }

        LogResumed(pattern.Key, Access.SubjectOf(http.User));
        return Results.NoContent();
    }

    private async Task<IReadOnlyList<Suspension>> InForceAsync(HttpContext http)
    {
        var all = await deadline.WithinAsync(store.ReadAsync, http.RequestAborted);
        var now = time.GetUtcNow();
        return [.. all.Where(suspension => suspension.IsInForce(now))];
    }

    private static IEnumerable<Fault> FaultsOf(string pattern) =>
        Suspension.FaultOfPattern(pattern) is { } fault ? [new Fault(fault, Parameter: PatternName)] : [];

    [LoggerMessage(EventId = 1030, Level = LogLevel.Information, Message = "Suspended {Pattern} until {EndTime}, set by {Subject}: {Reason}")]
    private partial void LogSuspended(string pattern, DateTimeOffset endTime, string? subject, string reason);

    [LoggerMessage(EventId = 1031, Level = LogLevel.Information, Message = "Deleted the suspension of {Pattern}, requested by {Subject}")]
    private partial void LogResumed(string pattern, string? subject);
}
