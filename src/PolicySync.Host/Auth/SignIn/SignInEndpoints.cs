using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Http;
using PolicySync.Ui.Http;

namespace PolicySync.Host.Auth.SignIn;

/// <summary>
/// Signs a person in to the pages with a browser, which sends no bearer token by itself: the person pastes a token, which is
/// validated like any other, and the browser then sends it as a cookie (<see cref="BrowserToken"/>).
/// </summary>
internal sealed partial class SignInEndpoints(TimeProvider time, RefusedTokens refused, ILogger<SignInEndpoints> logger)
{
    public const string Path = "/signin";
    public const string OutPath = "/signout";
    public const string TokenField = "token";
    public const string TargetField = "target";

    /// <summary>Authentication scheme that validates the token of the form by the rules for bearer tokens.</summary>
    public const string Scheme = "signin";

    /// <summary>Largest form, in bytes: a token that fits into a cookie, and the other fields.</summary>
    private const int MaxForm = 16 * 1024;

    private static readonly object PastedToken = new();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).AllowAnonymous();
        routes.MapPost(Path, static (HttpContext http, SignInEndpoints endpoints) => endpoints.SignInAsync(http)).AllowAnonymous()
            .RequireRateLimiting(SignInRate.Policy).WithMetadata(new RequestSizeLimitAttribute(MaxForm));
        routes.MapPost(OutPath, (Delegate)SignOutAsync).AllowAnonymous()
            .RequireRateLimiting(SignInRate.Policy).WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    /// <summary>The token that was pasted into the form of this request.</summary>
    public static string? PastedOf(HttpContext http) => http.Items[PastedToken] as string;

    /// <summary>The address of the sign-in that leads back to what was asked for, as far as that is a page.</summary>
    public static string AddressFor(HttpRequest request)
    {
        var (path, query) = (request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        var target = HttpMethods.IsPost(request.Method) ? SignInPage.DefaultTarget : BrowserToken.IsTarget(path + query) ? path + query : path;
        return Path + QueryString.Create(TargetField, target);
    }

    private static SignInPage Show(HttpContext http)
    {
        var subject = http.User.Identity?.IsAuthenticated == true ? http.User.FindFirstValue("sub") ?? "a token without a name" : null;
        return new SignInPage(StatusCodes.Status200OK, Target(http.Request.Query[TargetField]), subject, null);
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

        var token = form[TokenField].ToString().Trim();
        if (token.Length > BrowserToken.MaxLength)
        {
            return Again(StatusCodes.Status400BadRequest, $"A browser keeps tokens of up to {BrowserToken.MaxLength} characters; this one is longer.");
        }

        http.Items[PastedToken] = token;
        var validated = await http.AuthenticateAsync(Scheme);
        if (validated is { Succeeded: false, Failure: { } failure } && BearerSetup.IsInconclusive(failure))
        {
            return Again(StatusCodes.Status503ServiceUnavailable, "The authority that signs tokens does not answer. Please try again.");
        }

        var left = validated.Properties?.ExpiresUtc - time.GetUtcNow() ?? TimeSpan.Zero;
        if (!validated.Succeeded || token.Length == 0 || left <= TimeSpan.Zero)
        {
            refused.NoteSignIn(http.Connection.RemoteIpAddress);
            return Again(StatusCodes.Status401Unauthorized, "This token is not valid here: wrong signer, instance, or time.");
        }

        BrowserToken.Keep(http, token, left);
        LogSignedIn(validated.Principal.FindFirstValue("sub"), http.Connection.RemoteIpAddress);
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
        PageHeaders.Protect(http.Response.Headers);
        http.Response.Headers.Location = Path;
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

    [LoggerMessage(EventId = 1120, Level = LogLevel.Information, Message = "Signed in {Subject} from {Address}")]
    private partial void LogSignedIn(string? subject, System.Net.IPAddress? address);
}
