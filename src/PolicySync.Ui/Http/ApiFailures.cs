using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Client;
using PolicySync.Ui.Hosting;

namespace PolicySync.Ui.Http;

/// <summary>Turns a refusal or failure of the API into a page with the same status.</summary>
internal static class ApiFailures
{
    public static async ValueTask<object?> ShowAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (PolicySyncException e)
        {
            var host = http.RequestServices.GetRequiredService<IPageHost>();
            if (e.RetryAfter is { } wait)
            {
                http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            return e.Status == HttpStatusCode.Unauthorized ? Show.Then(host.SignInFor(http.Request)) : PageProblem.Of(e, host).ToResult();
        }
        catch (PageFault e)
        {
            return e.Problem.ToResult();
        }
        catch (ArgumentException e) when (e.ParamName is "text" or "taskId" or "pattern")
        {
            return PageProblem.NotFound().ToResult(); // the client refuses `.` and `..`, which would name another address
        }
        catch (HttpRequestException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            return new PageProblem(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "Service unavailable")
            {
                Detail = $"The API of this process did not answer: {e.Message}.",
                Remedy = "Try again in a moment.",
            }.ToResult();
        }
    }
}
