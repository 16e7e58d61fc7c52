using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using PolicySync.Host.Auth.SignIn.OpenId;
using PolicySync.Ui.Http;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>The sign-in page: with the authority, if there is one, and with a pasted token. It works without scripts and without content from other hosts.</summary>
internal sealed class SignInPage(int status, string? target, string? subject, string? message) : IResult
{
    /// <summary>The page after a sign-in that names no other.</summary>
    public const string DefaultTarget = "/ui";

    /// <summary>Longest wait for the address of the authority's own sign-out; the page is shown without it otherwise.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Whether the person has just signed out here.</summary>
    public bool HasSignedOut { get; init; }

    /// <summary>Whether a link of another site led here. A browser sends no strict cookie along such a link, so the person may be signed in.</summary>
    public bool CameFromElsewhere { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var authority = httpContext.RequestServices.GetService<OpenIdAuthority>();
        await new PageResult<PolicySync.Ui.Layout.SignInPage>(
            new
            {
                Target = target ?? DefaultTarget,
                Subject = subject,
                Message = message,
                Hours = (int)BrowserToken.MaxAge.TotalHours,
                Authority = authority?.Name,
                Start = OpenIdEndpoints.StartPath + QueryString.Create(SignInEndpoints.TargetField, target ?? DefaultTarget),
                HasSignedOut,
                CameFromElsewhere,
                EndSession = HasSignedOut && authority is not null ? await EndSessionAsync(authority, httpContext) : null,
            }, status)
            .ExecuteAsync(httpContext);
    }

    /// <summary>Where a person signs out of the authority; null when it has no such address or does not answer soon.</summary>
    private static async Task<string?> EndSessionAsync(OpenIdAuthority authority, HttpContext http)
    {
        try
        {
            var about = await authority.DiscoverAsync(http.RequestAborted)
                .WaitAsync(LongestWait, http.RequestServices.GetRequiredService<TimeProvider>(), http.RequestAborted);
            return OpenIdAuthority.IsSecure(about.EndSessionEndpoint)
                ? Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(about.EndSessionEndpoint, OpenIdConnectParameterNames.ClientId, authority.ClientId)
                : null;
        }
        catch (Exception e) when (e is SignInFault or TimeoutException)
        {
            return null;
        }
    }
}
