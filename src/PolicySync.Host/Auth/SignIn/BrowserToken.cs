using System.Diagnostics.CodeAnalysis;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>
/// The token of a signed-in browser. The cookie carries the token itself, which is validated at each request like every other token:
/// no session is kept, and any process with the public keys accepts it. It is read for requests of pages only: for GET, and for the forms of
/// the operations page, which no other site can make a browser send (<see cref="FormSeal"/>). The API reads it only from requests of which
/// the browser says that a script of this very origin makes them, as the API reference does (<see cref="IsOwnFetch"/>).
/// </summary>
internal static class BrowserToken
{
    /// <summary>Name of the cookie. The prefix makes browsers refuse it over plain HTTP and from sibling hosts.</summary>
    public const string SecureCookie = "__Host-policysync-token";

    /// <summary>Name of the cookie on loopback without TLS, where browsers refuse the other name.</summary>
    public const string LoopbackCookie = "policysync-token";

    /// <summary>Longest time that a browser keeps the cookie, or the rest of the token's lifetime if that is shorter.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(8);

    /// <summary>Longest token, in characters: the size of a cookie (RFC 6265 §6.1) without its name and attributes.</summary>
    public const int MaxLength = 3_800;

    /// <summary>The pages of this service; the API is not among them.</summary>
    private static readonly PathString[] Pages = [OperationsPages, "/dashboard", "/scalar", "/openapi", "/metrics", SignInEndpoints.Path];

    private static readonly PathString Api = "/policysync";

    /// <summary>The pages that have forms.</summary>
    private const string OperationsPages = "/ui";

    /// <summary>Returns the token in a request for a page; null when there is none, or when the request is not for a page.</summary>
    public static string? Of(HttpRequest request) =>
        ((IsPage(request) && request.Headers.Authorization.Count == 0) || IsOwnFetch(request)) && request.Cookies.TryGetValue(CookieName(request), out var token) && token.Length > 0
            ? token
            : null;

    /// <summary>Whether the request opens a page in a browser, so that the sign-in is a better answer than an error.</summary>
    public static bool IsNavigation(HttpRequest request) =>
        IsPage(request) && request.Headers.Authorization.Count == 0
        && request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether <paramref name="address"/>, a path and perhaps a query, is a page of this service that a browser may be sent to.</summary>
    public static bool IsTarget([NotNullWhen(true)] string? address)
    {
        if (address is not { Length: > 1 and < 2_048 } || address[0] != '/' || address[1] is '/' or '\\' || !address.All(IsOfAddress))
        {
            return false;
        }

        var path = address.Split('?', 2)[0];
        return Pages.Any(page => page != SignInEndpoints.Path && new PathString(path).StartsWithSegments(page, StringComparison.Ordinal));
    }

    public static void Keep(HttpContext http, string token, TimeSpan age) =>
        http.Response.Cookies.Append(CookieName(http.Request), token, Attributes(http.Request, age < MaxAge ? age : MaxAge));

    public static void Forget(HttpContext http) =>
        http.Response.Cookies.Delete(CookieName(http.Request), Attributes(http.Request, null));

    /// <summary>Attributes of every cookie of the sign-in: for this host only, hidden from scripts, and from other sites unless it must survive a link from there.</summary>
    public static CookieOptions Attributes(HttpRequest request, TimeSpan? age, SameSiteMode sameSite = SameSiteMode.Strict) => new()
    {
        HttpOnly = true,
        Secure = IsSecure(request),
        SameSite = sameSite,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };

    /// <summary>
    /// Whether cookies are marked secure: everywhere but on loopback without TLS. An ingress that ends TLS may not be trusted
    /// (<c>Http:TrustedProxies</c> is empty); the browser drops a secure cookie that came over plain HTTP.
    /// </summary>
    public static bool IsSecure(HttpRequest request) => request.IsHttps || !IsLoopback(request.Host.Host);

    private static string CookieName(HttpRequest request) => IsSecure(request) ? SecureCookie : LoopbackCookie;

    private static bool IsPage(HttpRequest request) => HttpMethods.IsPost(request.Method)
        ? request.Path.StartsWithSegments(OperationsPages, StringComparison.OrdinalIgnoreCase)
        : (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && Pages.Any(page => request.Path.StartsWithSegments(page, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether a script of a page of this origin asks the API. Browsers send these headers with each request, and no script can set them
    /// (W3C Fetch Metadata; forbidden request headers of the Fetch standard). A request without them, or of a sibling host, does not count.
    /// </summary>
    private static bool IsOwnFetch(HttpRequest request) =>
        request.Path.StartsWithSegments(Api, StringComparison.OrdinalIgnoreCase)
        && request.Headers["Sec-Fetch-Site"] is ["same-origin"]
        && request.Headers["Sec-Fetch-Mode"] is ["cors" or "same-origin"]
        && request.Headers["Sec-Fetch-Dest"] is ["empty"]
        && request.Headers.Authorization is ([] or ["Bearer"]); // the API reference sends the scheme alone where no token was pasted

    // What addresses consist of (RFC 3986 §3.3, §3.4), without `#`, which no server sees, and without controls and the backslash.
    private static bool IsOfAddress(char c) =>
        char.IsAsciiLetterOrDigit(c) || "/-._~%!$&'()*+,;=:@?".Contains(c, StringComparison.Ordinal);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));
}
