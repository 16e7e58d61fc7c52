using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>
/// Protects forms against forgery by other sites: the form and a cookie hold the same random text, which no other site can read or
/// set. The process keeps no state, so one gateway accepts the form of another.
/// </summary>
internal static class FormSeal
{
    /// <summary>Name of the form's hidden field.</summary>
    public const string Field = "seal";

    private const string SecureCookie = "__Host-policysync-form";
    private const string LoopbackCookie = "policysync-form";
    private const int Bytes = 32;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>Returns the seal for a form and sets the cookie. Forms in two windows of a browser share it.</summary>
    public static string Set(HttpContext http)
    {
        var seal = http.Request.Cookies.TryGetValue(CookieName(http.Request), out var known) && known.Length == Base64Url.GetEncodedLength(Bytes)
            ? known
            : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        http.Response.Cookies.Append(CookieName(http.Request), seal, BrowserToken.Attributes(http.Request, MaxAge));
        return seal;
    }

    /// <summary>Whether the submitted form was shown to this browser by the service.</summary>
    public static bool Holds(HttpRequest request, string? field) =>
        request.Headers["Sec-Fetch-Site"] is [] or ["same-origin"]
        && request.Cookies.TryGetValue(CookieName(request), out var cookie) && cookie.Length > 0 && field is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(field));

    private static string CookieName(HttpRequest request) => BrowserToken.IsSecure(request) ? SecureCookie : LoopbackCookie;
}
