using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Core.Errors;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Auth.SignIn;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Auth;

/// <summary>Sets up how bearer tokens are validated. Algorithms, keys and issuer come from the configuration, never from the token.</summary>
internal sealed class BearerSetup(Settings settings, IServiceProvider services, RefusedTokens refused)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>Tolerated difference between the clocks of the signer and of this process.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        var auth = settings.Auth;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false; // Challenge says the reason, in words that hold nothing of the token
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateLifetime = true,
            ClockSkew = ClockSkew,
            ValidateIssuer = true,
            ValidIssuer = auth.Issuer ?? (auth.Authority is null ? AuthOptions.DefaultIssuer : null),
            RequireAudience = true,
            ValidateAudience = true,
            ValidAudience = auth.Audience ?? settings.Process.Instance,
            ValidateIssuerSigningKey = true,
            IssuerSigningKeyValidator = static (key, _, _) => PublicKeys.Fault(key) is null,
        };

        if (auth.Authority is { } authority)
        {
            options.Authority = authority.ToString();
            options.RequireHttpsMetadata = !authority.IsLoopback;
        }
        else
        {
            var keys = services.GetRequiredService<PublicKeyFile>();
            options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => keys.Current();
        }

        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new KnownTokens(KeysAsync, services.GetRequiredService<TimeProvider>()));
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = ReadTokenAsync,
            OnTokenValidated = CheckToken,
            OnAuthenticationFailed = NoteFailure,
            OnChallenge = AnswerFailure,
            OnForbidden = NameMissingScope,
        };
    }

    /// <summary>Returns the current keys: another object whenever the keys of the authority or the file were read again.</summary>
    private async Task<object> KeysAsync(TokenValidationParameters parameters) =>
        parameters.ConfigurationManager is { } authority
            ? await authority.GetBaseConfigurationAsync(CancellationToken.None)
            : services.GetRequiredService<PublicKeyFile>().Current();

    /// <summary>Reads the token: the one that is presented for the sign-in, from a cookie for pages, otherwise from the header.</summary>
    private static Task ReadTokenAsync(MessageReceivedContext context)
    {
        context.Token = context.Scheme.Name == SignInEndpoints.Scheme
            ? SignInEndpoints.PresentedIn(context.HttpContext) ?? ""
            : BrowserToken.Of(context.Request);
        return context.Token is { Length: > 0 } || context.Request.Headers.Authorization.Count > 0 ? ReadAuthority(context) : Task.CompletedTask;
    }

    /// <summary>
    /// Loads the authority's keys before a token is validated, as the library would otherwise call the token invalid without keys. They
    /// are cached for hours.
    /// </summary>
    private static async Task ReadAuthority(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is { } authority)
        {
            await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
    }

    /// <summary>
    /// Refuses a token with a critical extension (RFC 7515 §4.1.11), of which the service supports none and for which the library does
    /// not check, and one whose limits cannot be read.
    /// </summary>
    private Task CheckToken(TokenValidatedContext context)
    {
        if (context.SecurityToken is not JsonWebToken token || HasCriticalExtension(token))
        {
            Refuse(context, RefusedTokens.Critical);
        }
        else if (Access.Of(token) is { } access)
        {
            context.Principal!.AddIdentity(access);
        }
        else
        {
            Refuse(context, RefusedTokens.Securables);
        }

        return Task.CompletedTask;
    }

    private void Refuse(TokenValidatedContext context, string reason)
    {
        refused.Note(reason);
        Challenge.Refuse(context.HttpContext, reason);
        context.Fail(reason);
    }

    /// <summary>Records the failure for operators, and the kind of failure for the answer.</summary>
    private Task NoteFailure(AuthenticationFailedContext context)
    {
        if (context.Exception is SecurityTokenException or ArgumentException)
        {
            Challenge.Refuse(context.HttpContext, refused.Note(context.Exception));
        }
        else
        {
            refused.NoteUnchecked(context.Exception);
            context.Fail(context.Exception); // it would escape as an unexpected exception otherwise
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Answers a request without a valid token. An authority that does not answer says nothing about the token, and 401 would make
    /// clients discard it. A browser is redirected to the sign-in; any other client gets 401.
    /// </summary>
    private static async Task AnswerFailure(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is { } failure && IsInconclusive(failure))
        {
            context.HandleResponse();
            await Problem.From(new SyncException(SyncErrorCode.Unavailable, "the authority does not answer")).ExecuteAsync(context.HttpContext);
        }
        else if (BrowserToken.IsNavigation(context.Request))
        {
            context.HandleResponse();
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect(SignInEndpoints.AddressFor(context.Request));
        }
        else
        {
            context.HandleResponse();
            context.Response.Headers.WWWAuthenticate = Challenge.For(context.HttpContext);
            await Challenge.ProblemFor(context.HttpContext).ExecuteAsync(context.HttpContext);
        }
    }

    /// <summary>Whether a token could not be validated, in contrast to being invalid.</summary>
    public static bool IsInconclusive(Exception failure) =>
        failure is not (SecurityTokenException or ArgumentException or AuthenticationFailureException);

    private static bool HasCriticalExtension(JsonWebToken token)
    {
        using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader));
        return header.RootElement.TryGetProperty("crit", out _);
    }

    private static Task NameMissingScope(ForbiddenContext context)
    {
        var scope = Access.ScopeOf(context.HttpContext.GetEndpoint());
        context.Response.Headers.WWWAuthenticate = Challenge.ForScope(scope);
        return Problem.Of(ProblemKind.InsufficientScope, $"the token lacks the scope `{scope}`; use one that has it").ExecuteAsync(context.HttpContext);
    }
}
