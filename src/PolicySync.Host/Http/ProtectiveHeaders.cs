namespace PolicySync.Host.Http;

/// <summary>
/// What browsers are told of every answer, errors and the pages of libraries included: no other site may show it in a
/// frame, nothing is taken for another type than it says, and nothing is kept. An endpoint that says more, such as the
/// sign-in, is left as it is.
/// </summary>
internal static class ProtectiveHeaders
{
    /// <summary>Forbids framing and nothing else: the dashboard and the API reference bring scripts and styles of their own.</summary>
    public const string NoFrames = "frame-ancestors 'none'";

    /// <summary>Sets the headers when an answer begins, as a fault clears those that were set before.</summary>
    public static void UseProtectiveHeaders(this WebApplication app) => app.Use(static (http, next) =>
    {
        http.Response.OnStarting(static state => Set(((HttpContext)state).Response.Headers), http);
        return next(http);
    });

    private static Task Set(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = NoFrames;
        }

        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
