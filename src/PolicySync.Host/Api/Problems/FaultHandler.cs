using Microsoft.AspNetCore.Diagnostics;
using PolicySync.Core.Errors;
using PolicySync.Host.Http;

namespace PolicySync.Host.Api.Problems;

/// <summary>Answers exceptions that escape an endpoint with a problem document. The caller sees nothing of the exception.</summary>
internal sealed partial class FaultHandler(ILogger<FaultHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            return true; // the caller is gone
        }

        await Answer(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    private Problem Answer(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException e: // a limit of the server: the body is too slow, too large or cut off
                LogBadRequest(e.StatusCode, e.Message);
                return Problem.OfStatus(e.StatusCode);
            case SyncException e:
                LogUnavailable(e, SyncErrorCodes.WireName(e.Code));
                return Problem.From(e);
            case var _ when http.Features.Get<IExceptionHandlerFeature>() is { } fault && DashboardRoutes.Holds(fault.Endpoint):
                LogNotShown(exception);
                return DashboardRoutes.Answer(http, fault.RouteValues, exception);
            default:
                LogFailed(exception);
                return Problem.Of(ProblemKind.Internal);
        }
    }

    [LoggerMessage(EventId = 1010, Level = LogLevel.Information, Message = "Refused a request ({Status}): {Reason}")]
    private partial void LogBadRequest(int status, string reason);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning, Message = "Could not answer: {Code}")]
    private partial void LogUnavailable(Exception e, string code);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Warning, Message = "The dashboard could not show the requested page")]
    private partial void LogNotShown(Exception e);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Error, Message = "A request failed on an unexpected exception")]
    private partial void LogFailed(Exception e);
}
