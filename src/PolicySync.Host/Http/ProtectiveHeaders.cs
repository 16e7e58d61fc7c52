using Scalar.AspNetCore;

namespace PolicySync.Host.Http;

/// <summary>
/// Sets protective headers on every answer, errors and pages of libraries included: no frames, no content sniffing, no caching; and on
/// pages of libraries no referrer and nothing from other hosts. Headers that an endpoint sets itself, such as those of the operations page, are kept.
/// </summary>
internal static class ProtectiveHeaders
{
    /// <summary>Of answers that are no pages.</summary>
    public const string NoFrames = "frame-ancestors 'none'";

    /// <summary>Pages of libraries. They bring scripts of their own, and styles that their scripts make.</summary>
    private static readonly PathString[] LibraryPages = ["/dashboard", ApiReference.Path];

    /// <summary>Sets the headers when the answer starts, as an exception clears earlier ones.</summary>
    public static void UseProtectiveHeaders(this WebApplication app) => app.Use(static (http, next) =>
    {
        http.Response.OnStarting(static state => Set((HttpContext)state), http);
        return next(http);
    });

    private static Task Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        var isOfLibrary = LibraryPages.Any(page => http.Request.Path.StartsWithSegments(page, StringComparison.OrdinalIgnoreCase));
        if (isOfLibrary)
        {
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        }

        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = isOfLibrary ? OfLibrary(http.Items[ScalarOptions.NonceHttpContextItemKey] as string) : NoFrames;
        }

        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }

    // Scripts of the service only; the one that Scalar writes into its page has a nonce. Images may be in the address, as icons are.
    private static string OfLibrary(string? nonce) =>
        $"default-src 'none'; script-src 'self'{(nonce is null ? "" : $" 'nonce-{nonce}'")}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + $"font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; {NoFrames}";
}
