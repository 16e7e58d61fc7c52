namespace PolicySync.Host.Http;

/// <summary>
/// Sets protective headers on every answer, errors and pages of libraries included: no frames, no content sniffing, no caching. Headers
/// that an endpoint sets itself, such as those of the sign-in, are kept.
/// </summary>
internal static class ProtectiveHeaders
{
    /// <summary>Forbids framing only, as the dashboard and the API reference use scripts and styles of their own.</summary>
    public const string NoFrames = "frame-ancestors 'none'";

    /// <summary>Sets the headers when the answer starts, as an exception clears earlier ones.</summary>
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
