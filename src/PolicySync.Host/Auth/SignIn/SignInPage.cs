using System.Text.Encodings.Web;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>The sign-in page: one form, without scripts and without content from other hosts.</summary>
internal sealed class SignInPage(int status, string seal, string? target, string? subject, string? message) : IResult
{
    /// <summary>The page after a sign-in that names no other.</summary>
    public const string DefaultTarget = "/dashboard/";

    private const string Style =
        "body{font:16px system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#222}"
        + "textarea{width:100%;height:8rem;font:13px monospace;box-sizing:border-box;-webkit-text-security:disc}"
        + "button{font:inherit;padding:.5rem 1.5rem;margin-top:1rem}.message{color:#a00}";

    private static readonly string StyleHash = Convert.ToBase64String(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Style)));

    /// <summary>Sets the protective headers of every answer of the sign-in.</summary>
    public static void Protect(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'sha256-{StyleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        Protect(httpContext.Response.Headers);
        return httpContext.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>PolicySync: sign in</title><style>{Style}</style></head>
            <body>
            <h1>PolicySync</h1>
            {Message()}{(subject is null ? Form() : SignedIn(subject))}
            </body>
            </html>
            """,
            httpContext.RequestAborted);
    }

    private string Message() => message is null ? "" : $"""<p class="message" role="alert">{Text(message)}</p>{"\n"}""";

    private string Form() =>
        $"""
        <p>Paste a token of scope <code>{Access.OperationsScope}</code>. This browser keeps it for
        {BrowserToken.MaxAge.TotalHours:0} hours at most, and until you sign out.</p>
        <form method="post" action="{SignInEndpoints.Path}" autocomplete="off">
        <input type="hidden" name="{FormSeal.Field}" value="{Text(seal)}">
        <input type="hidden" name="{SignInEndpoints.TargetField}" value="{Text(target ?? DefaultTarget)}">
        <label for="token">Token</label>
        <textarea id="token" name="{SignInEndpoints.TokenField}" required spellcheck="false" autocomplete="off"></textarea>
        <button type="submit">Sign in</button>
        </form>
        """;

    private string SignedIn(string who) =>
        $"""
        <p>Signed in as <strong>{Text(who)}</strong>. <a href="{DefaultTarget}">Dashboard</a></p>
        <form method="post" action="{SignInEndpoints.OutPath}">
        <input type="hidden" name="{FormSeal.Field}" value="{Text(seal)}">
        <button type="submit">Sign out</button>
        </form>
        """;

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
