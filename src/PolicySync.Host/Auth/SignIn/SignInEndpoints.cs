using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Auth.SignIn.OpenId;
using PolicySync.Host.Http;
using PolicySync.Ui.Http;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>
/// Signs a person in to the pages with a browser, which sends no bearer token by itself: the person pastes a token, which is
/// validated like any other, and the browser then sends it as a cookie (<see cref="BrowserToken"/>).
/// </summary>
internal sealed class SignInEndpoints(TokenKeeper keeper)
{
    public const string Path = "/signin";
    public const string OutPath = "/signout";
    public const string TokenField = "token";
    public const string TargetField = "target";

    /// <summary>Parameter of the page after a sign-out.</summary>
    private const string OutField = "out";

    /// <summary>Authentication scheme that validates the token of a sign-in by the rules for bearer tokens.</summary>
    public const string Scheme = "signin";

    /// <summary>Largest form, in bytes: a token that fits into a cookie, and the other fields.</summary>
    private const int MaxForm = 16 * 1024;

    private static readonly object PresentedToken = new();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).AllowAnonymous();
        routes.MapPost(Path, static (HttpContext http, SignInEndpoints endpoints) => endpoints.SignInAsync(http)).AllowAnonymous()
            .RequireRateLimiting(SignInRate.Policy).WithMetadata(new RequestSizeLimitAttribute(MaxForm));
        if (routes.ServiceProvider.GetService<OpenIdEndpoints>() is not null)
        {
            OpenIdEndpoints.Map(routes);
        }

        routes.MapPost(OutPath, (Delegate)SignOutAsync).AllowAnonymous()
            .RequireRateLimiting(SignInRate.Policy).WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    /// <summary>The token that this request signs in with.</summary>
    public static string? PresentedIn(HttpContext http) => http.Items[PresentedToken] as string;

    /// <summary>Has <see cref="Scheme"/> validate <paramref name="token"/> in this request.</summary>
    public static void Present(HttpContext http, string token) => http.Items[PresentedToken] = token;

    /// <summary>
    /// The address of the sign-in that leads back to what was asked for, as far as that is a page. A browser that signed in with the
    /// authority is sent there again. A form never is, as browsers do not let it lead to another host.
    /// </summary>
    public static string AddressFor(HttpRequest request)
    {
        var (path, query) = (request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        var target = HttpMethods.IsPost(request.Method) ? SignInPage.DefaultTarget : BrowserToken.IsTarget(path + query) ? path + query : path;
        return (IsReturning(request) ? OpenIdEndpoints.StartPath : Path) + QueryString.Create(TargetField, target);
    }

    private static bool IsReturning(HttpRequest request)
    {
        var services = request.HttpContext.RequestServices;
        return services.GetService<OpenIdEndpoints>() is not null && !HttpMethods.IsPost(request.Method)
            && OpenIdCookies.IsReturning(request, services.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    private static SignInPage Show(HttpContext http)
    {
        var subject = http.User.Identity?.IsAuthenticated == true ? http.User.FindFirstValue("sub") ?? "a token without a name" : null;
        return new SignInPage(StatusCodes.Status200OK, Target(http.Request.Query[TargetField]), subject, null)
        {
            HasSignedOut = subject is null && http.Request.Query.ContainsKey(OutField),
            CameFromElsewhere = subject is null && http.Request.Headers["Sec-Fetch-Site"] is ["cross-site"],
        };
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (await ReadAsync(http) is not { } form)
        {
            return Problem.Of(ProblemKind.InvalidRequest, "the form cannot be read");
        }

        var target = Target(form[TargetField]);
        if (!FormSeal.Holds(http.Request, form[FormSeal.Field]))
        {
            return Again(StatusCodes.Status400BadRequest, "This form is too old, or cookies are switched off. Please try again.");
        }

        switch (await keeper.KeepAsync(http, form[TokenField].ToString().Trim()))
        {
            case TokenVerdict.TooLong:
                return Again(StatusCodes.Status400BadRequest, $"A browser keeps tokens of up to {BrowserToken.MaxLength} characters; this one is longer.");
            case TokenVerdict.NotChecked:
                return Again(StatusCodes.Status503ServiceUnavailable, "The authority that signs tokens does not answer. Please try again.");
            case TokenVerdict.Refused:
                return Again(StatusCodes.Status401Unauthorized, "This token is not valid here: wrong signer, instance, or time.");
        }

        PageHeaders.Protect(http.Response.Headers);
        http.Response.Headers.Location = target ?? SignInPage.DefaultTarget;
        return Results.StatusCode(StatusCodes.Status303SeeOther);

        SignInPage Again(int status, string message) => new(status, target, null, message);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        if (await ReadAsync(http) is not { } form || !FormSeal.Holds(http.Request, form[FormSeal.Field]))
        {
            return new SignInPage(StatusCodes.Status400BadRequest, null, null, "This form is too old. Please try again.");
        }

        BrowserToken.Forget(http);
        OpenIdCookies.ForgetReturn(http);
        PageHeaders.Protect(http.Response.Headers);
        http.Response.Headers.Location = $"{Path}?{OutField}=1";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static async Task<IFormCollection?> ReadAsync(HttpContext http)
    {
        try
        {
            return http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
        }
        catch (InvalidDataException)
        {
            return null; // more or longer fields than the form has
        }
        catch (IOException e) when (RequestBody.IsSendersFault(e))
        {
            return null; // a damaged transfer encoding
        }
    }

    // A link from outside must not lead people away from the service.
    private static string? Target(string? path) => BrowserToken.IsTarget(path) ? path : null;
}
