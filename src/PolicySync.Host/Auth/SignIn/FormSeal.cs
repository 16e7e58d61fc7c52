using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>
/// Tells a form of ours from one that another site made: a random text stands in the form and in a cookie, which no other
/// site can read or set. Nothing is kept in the process, so a form of one gateway may be sent to another.
/// </summary>
internal static class FormSeal
{
    /// <summary>Name of the form's hidden field.</summary>
    public const string Field = "seal";

    private const string SecureCookie = "__Host-policysync-form";
    private const string LoopbackCookie = "policysync-form";
    private const int Bytes = 32;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>A seal for a form that is shown now; sets the cookie. Forms in two windows have one.</summary>
    public static string Set(HttpContext http)
    {
        var seal = http.Request.Cookies.TryGetValue(CookieName(http.Request), out var known) && known.Length == Base64Url.GetEncodedLength(Bytes)
            ? known
            : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        http.Response.Cookies.Append(CookieName(http.Request), seal, BrowserToken.Attributes(http.Request, MaxAge));
        return seal;
    }

    /// <summary>Whether a form that was sent is one that we showed to this browser.</summary>
    public static bool Holds(HttpRequest request, string? field) =>
        request.Headers["Sec-Fetch-Site"] is [] or ["same-origin"]
        && request.Cookies.TryGetValue(CookieName(request), out var cookie) && cookie.Length > 0 && field is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(field));

    private static string CookieName(HttpRequest request) => BrowserToken.IsSecure(request) ? SecureCookie : LoopbackCookie;
}
