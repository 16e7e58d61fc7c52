using PolicySync.Host.Auth.SignIn;
using PolicySync.Ui.Hosting;
using PolicySync.Ui.Http;

namespace PolicySync.Host.Api.Problems;

/// <summary>Shows a problem as a page, where a browser asked for a page: what it is and what to do.</summary>
internal static class ProblemForPeople
{
    /// <summary>Whether the request opens a page in a browser, of a process that has pages.</summary>
    public static bool IsWanted(HttpContext http) =>
        BrowserToken.IsNavigation(http.Request) && http.RequestServices.GetService<IPageHost>() is not null;

    public static IResult Of(ProblemKind kind, int status, string detail, string traceId, TimeSpan? retryAfter) =>
        new PageProblem(status, kind.Code, kind.Title) { Detail = detail, Remedy = kind.Remedy, TraceId = traceId, RetryAfter = retryAfter }.ToResult();
}
