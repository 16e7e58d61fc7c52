using Microsoft.AspNetCore.Http;

namespace PolicySync.Ui.Http;

/// <summary>The theme that a person chose, in a cookie. Without one, the system's is used.</summary>
internal static class Themes
{
    public const string Light = "light";
    public const string Dark = "dark";

    private const string Cookie = "policysync-theme";
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(365);

    public static string? Of(HttpRequest request) => request.Cookies[Cookie] is Light or Dark ? request.Cookies[Cookie] : null;

    /// <summary>Keeps the choice; any other text than a theme removes it.</summary>
    public static void Keep(HttpContext http, string? theme)
    {
        var attributes = new CookieOptions
        {
            HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = MaxAge, IsEssential = true,
        };
        if (theme is Light or Dark)
        {
            http.Response.Cookies.Append(Cookie, theme, attributes);
        }
        else
        {
            attributes.MaxAge = null;
            http.Response.Cookies.Delete(Cookie, attributes);
        }
    }
}
