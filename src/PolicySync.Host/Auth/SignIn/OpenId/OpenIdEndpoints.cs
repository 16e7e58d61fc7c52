using System.Text.Encodings.Web;
using Microsoft.AspNetCore.WebUtilities;
using PolicySync.Host.Http;
using PolicySync.Ui.Assets;
using PolicySync.Ui.Http;

namespace PolicySync.Host.Auth.SignIn.OpenId;

/// <summary>
/// Signs a person in with the authority, by the authorization code flow with PKCE. The access token that comes of it is what a person could
/// paste: it is validated by the same rules and kept in the same cookie. No refresh token is kept.
/// </summary>
internal sealed class OpenIdEndpoints(OpenIdAuthority authority, TokenKeeper keeper, RefusedTokens refused, TimeProvider time)
{
    public const string StartPath = SignInEndpoints.Path + "/start";
    public const string CallbackPath = SignInEndpoints.Path + "/callback";

    public static void Map(IEndpointRouteBuilder routes)
    {
        // By a link, not a form: browsers do not let a form of our pages lead to another host.
        routes.MapGet(StartPath, static (HttpContext http, OpenIdEndpoints endpoints) => endpoints.StartAsync(http)).AllowAnonymous();
        routes.MapGet(CallbackPath, static (HttpContext http, OpenIdEndpoints endpoints) => endpoints.FinishAsync(http)).AllowAnonymous()
            .RequireRateLimiting(SignInRate.Policy);
    }

    /// <summary>Sends the browser to the authority.</summary>
    private async Task<IResult> StartAsync(HttpContext http)
    {
        var target = BrowserToken.IsTarget(http.Request.Query[SignInEndpoints.TargetField]) ? http.Request.Query[SignInEndpoints.TargetField].ToString() : SignInPage.DefaultTarget;
        try
        {
            var secret = await authority.SecretAsync(http.RequestAborted);
            var about = await authority.DiscoverAsync(http.RequestAborted);
            var address = authority.AddressOf(about.AuthorizationEndpoint, "authorization_endpoint");
            var state = SignInState.Create(OpenIdCookies.MarkBrowser(http), target, RedirectUri(http.Request), time.GetUtcNow());
            PageHeaders.Protect(http.Response.Headers);
            return Results.Redirect(QueryHelpers.AddQueryString(address, new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = authority.ClientId,
                ["redirect_uri"] = state.RedirectUri,
                ["scope"] = authority.Scopes,
                ["state"] = state.Seal(secret),
                ["nonce"] = state.Nonce,
                ["code_challenge"] = state.PkceChallenge(),
                ["code_challenge_method"] = "S256",
            }));
        }
        catch (SignInFault fault)
        {
            return Again(http, fault, target);
        }
    }

    /// <summary>Takes the browser that comes back from the authority.</summary>
    private async Task<IResult> FinishAsync(HttpContext http)
    {
        SignInState? state = null;
        try
        {
            var secret = await authority.SecretAsync(http.RequestAborted);
            state = SignInState.Open(One(http, "state"), secret) ?? throw SignInFault.Forged();
            if (!OpenIdCookies.IsBrowserOf(http.Request, state))
            {
                throw SignInFault.OtherBrowser();
            }

            await KeepAsync(http, await AnswerOfAsync(http, state, secret));
            OpenIdCookies.NoteReturn(http, time.GetUtcNow());
            return Onward(http, state.Target);
        }
        catch (SignInFault fault)
        {
            return Again(http, fault, state?.Target);
        }
    }

    private async Task<string> AnswerOfAsync(HttpContext http, SignInState state, string secret)
    {
        if (time.GetUtcNow() > state.Until)
        {
            throw SignInFault.TooLate();
        }

        if (One(http, "error") is { } error)
        {
            throw SignInFault.Refused(authority.Name, error);
        }

        return One(http, "code") is { } code ? await authority.RedeemAsync(code, state, secret, http.RequestAborted) : throw SignInFault.Forged();
    }

    private async Task KeepAsync(HttpContext http, string token)
    {
        switch (await keeper.KeepAsync(http, token))
        {
            case TokenVerdict.TooLong:
                throw SignInFault.TooLong(authority.Name);
            case TokenVerdict.NotChecked:
                throw SignInFault.NoAnswer(authority.Name);
            case TokenVerdict.Refused:
                throw SignInFault.WrongToken(authority.Name, Challenge.ReasonOf(http) ?? Challenge.Describe(RefusedTokens.Expired));
        }
    }

    /// <summary>Shows the sign-in with what happened. The browser is not sent to the authority again by itself.</summary>
    private SignInPage Again(HttpContext http, SignInFault fault, string? target)
    {
        refused.NoteAuthority(fault.Kind, fault.InnerException);
        OpenIdCookies.ForgetReturn(http);
        return new SignInPage(fault.Status, target, null, fault.Message);
    }

    /// <summary>
    /// A page that leads on by itself. A redirect would be part of the way that began at the authority, another site, and browsers send no
    /// strict cookie on it. The page has no form, so that the seal of other windows stays.
    /// </summary>
    private static IResult Onward(HttpContext http, string target)
    {
        PageHeaders.Protect(http.Response.Headers);
        http.Response.Headers["Refresh"] = $"0; url={target}";
        return Results.Content(
            $"""
             <!DOCTYPE html>
             <html lang="en">
             <head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Signed in · PolicySync</title><link rel="icon" href="{AssetFiles.IconPath}"><link rel="stylesheet" href="{AssetFiles.StylesPath}"></head>
             <body><main class="bare"><div class="sign-in"><h1>You are signed in</h1><p><a class="button main" href="{HtmlEncoder.Default.Encode(target)}">Continue</a></p></div></main></body>
             </html>
             """,
            "text/html; charset=utf-8");
    }

    /// <summary>
    /// Where the authority sends the browser. Beyond loopback it is <c>https</c> even if a proxy that ends TLS is not trusted: browsers keep
    /// the cookies of the sign-in over TLS only.
    /// </summary>
    private static string RedirectUri(HttpRequest request) =>
        $"{(BrowserToken.IsSecure(request) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{request.Host.ToUriComponent()}{CallbackPath}";

    private static string? One(HttpContext http, string name) => http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;
}
