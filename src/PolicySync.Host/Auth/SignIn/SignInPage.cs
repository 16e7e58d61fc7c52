using PolicySync.Ui.Http;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>The sign-in page: one form, which works without scripts and without content from other hosts.</summary>
internal sealed class SignInPage(int status, string? target, string? subject, string? message) : IResult
{
    /// <summary>The page after a sign-in that names no other.</summary>
    public const string DefaultTarget = "/ui";

    public Task ExecuteAsync(HttpContext httpContext) => new PageResult<PolicySync.Ui.Layout.SignInPage>(
        new { Target = target ?? DefaultTarget, Subject = subject, Message = message, Hours = (int)BrowserToken.MaxAge.TotalHours }, status)
        .ExecuteAsync(httpContext);
}
