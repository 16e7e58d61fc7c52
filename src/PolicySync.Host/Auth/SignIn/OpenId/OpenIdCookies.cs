using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Host.Auth.SignIn.OpenId;

/// <summary>
/// The cookies of a sign-in with the authority. Both are <c>SameSite=Lax</c>: the authority, which is another site, sends the browser back by
/// a link.
/// </summary>
internal static class OpenIdCookies
{
    private const string Secure = "__Host-";
    private const string BrowserName = "policysync-signin";
    private const string ReturnName = "policysync-authority";

    /// <summary>How long a browser is sent to the authority by itself when its token has ended.</summary>
    private static readonly TimeSpan ReturnFor = TimeSpan.FromDays(30);

    /// <summary>Time after a sign-in in which a browser is not sent to the authority by itself: a browser that keeps no token would go in circles.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns the mark of this browser and keeps it for the time of a sign-in. Several windows share it. An answer of the authority is used
    /// only in the browser whose mark the state holds.
    /// </summary>
    public static string MarkBrowser(HttpContext http)
    {
        var mark = http.Request.Cookies.TryGetValue(NameOf(http.Request, BrowserName), out var known) && SignInState.HasLengthOfRandom(known)
            ? known
            : SignInState.RandomText();
        Set(http, BrowserName, mark, SignInState.Life);
        return mark;
    }

    public static bool IsBrowserOf(HttpRequest request, SignInState state) =>
        request.Cookies.TryGetValue(NameOf(request, BrowserName), out var mark)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark), Encoding.UTF8.GetBytes(state.Browser));

    /// <summary>Remembers that this browser signed in with the authority.</summary>
    public static void NoteReturn(HttpContext http, DateTimeOffset now) =>
        Set(http, ReturnName, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ReturnFor);

    public static void ForgetReturn(HttpContext http) => http.Response.Cookies.Delete(
        NameOf(http.Request, ReturnName), BrowserToken.Attributes(http.Request, null, SameSiteMode.Lax));

    /// <summary>Whether a browser without a valid token signed in with the authority before, so that it is sent there again.</summary>
    public static bool IsReturning(HttpRequest request, DateTimeOffset now) =>
        request.Cookies.TryGetValue(NameOf(request, ReturnName), out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && now.ToUnixTimeSeconds() - seconds >= (long)Pause.TotalSeconds;

    private static void Set(HttpContext http, string name, string value, TimeSpan age) => http.Response.Cookies.Append(
        NameOf(http.Request, name), value, BrowserToken.Attributes(http.Request, age, SameSiteMode.Lax));

    private static string NameOf(HttpRequest request, string name) => BrowserToken.IsSecure(request) ? Secure + name : name;
}
