using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PolicySync.Ui.Hosting;

namespace PolicySync.Ui.Tasks;

/// <summary>
/// Forwards the stream of a task to a browser, whose cookie the API does not read. Results are left out: the page shows counts while a
/// task runs, and reads its results when it has ended.
/// </summary>
internal static class TaskEventsForward
{
    /// <summary>The number after that of every result.</summary>
    private const string AfterAll = "999999999999999999";

    public static async Task SendAsync(string id, HttpContext http, OwnApi api, IPageHost host)
    {
        using var answer = await api.OpenStreamAsync(host.TokenOf(http.Request) ?? "", id, AfterAll, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (answer.Headers.RetryAfter is { } retryAfter)
        {
            http.Response.Headers.RetryAfter = retryAfter.ToString();
        }

        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await using var content = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
            await content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            http.Abort(); // one side is gone; a browser opens the stream again
        }
    }
}
