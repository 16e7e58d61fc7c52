using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Core.Errors;
using PolicySync.Host.Api;
using PolicySync.Host.Auth.SignIn;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Auth;

/// <summary>How bearer tokens are judged. Nothing about it follows the token: algorithms, keys and issuer are ours to say.</summary>
internal sealed class BearerSetup(Settings settings, IServiceProvider services, RefusedTokens refused)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>Difference between the signer's clock and ours that is forgiven.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        var auth = settings.Auth;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false; // `WWW-Authenticate: Bearer`, without the reason: that is for the log
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
            OnTokenValidated = JudgeHeader,
            OnAuthenticationFailed = NoteFailure,
            OnChallenge = AnswerFailure,
            OnForbidden = SayWhy,
        };
    }

    /// <summary>The keys of an authority are replaced as a whole when they are read again; so are those of a file that changed.</summary>
    private async Task<object> KeysAsync(TokenValidationParameters parameters) =>
        parameters.ConfigurationManager is { } authority
            ? await authority.GetBaseConfigurationAsync(CancellationToken.None)
            : services.GetRequiredService<PublicKeyFile>().Current();

    /// <summary>Where a token comes from: a form for the sign-in, a cookie for pages, else the header.</summary>
    private static Task ReadTokenAsync(MessageReceivedContext context)
    {
        context.Token = context.Scheme.Name == SignInEndpoints.Scheme
            ? SignInEndpoints.PastedOf(context.HttpContext) ?? ""
            : BrowserToken.Of(context.Request);
        return context.Token is { Length: > 0 } || context.Request.Headers.Authorization.Count > 0 ? ReadAuthority(context) : Task.CompletedTask;
    }

    /// <summary>
    /// Makes sure that an authority's keys are there before a token is judged by them: the library would go on without
    /// any and call the token bad. They are kept for hours, so this is a look into memory.
    /// </summary>
    private static async Task ReadAuthority(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is { } authority)
        {
            await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
    }

    /// <summary>
    /// An extension that a token marks critical must be understood or the token refused (RFC 7515 §4.1.11); we
    /// understand none, and the library does not look.
    /// </summary>
    private Task JudgeHeader(TokenValidatedContext context)
    {
        if (context.SecurityToken is not JsonWebToken token || HasCriticalExtension(token))
        {
            refused.Note(RefusedTokens.Critical);
            context.Fail("the token has a critical extension");
        }
        else
        {
            context.Principal!.AddIdentity(Access.Of(token));
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The caller learns nothing of the failure, so this is where an operator sees why tokens are not taken.
    /// </summary>
    private Task NoteFailure(AuthenticationFailedContext context)
    {
        if (context.Exception is SecurityTokenException or ArgumentException)
        {
            refused.Note(context.Exception);
        }
        else
        {
            refused.NoteUnchecked(context.Exception);
            context.Fail(context.Exception); // else it would escape as a defect
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// An authority that does not answer says nothing about the token: 401 would make clients throw it away. A person
    /// with a browser is led to the sign-in; whoever does not ask for HTML gets 401.
    /// </summary>
    private static async Task AnswerFailure(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is { } failure && SaysNothingOfTheToken(failure))
        {
            context.HandleResponse();
            await Problem.From(new SyncException(SyncErrorCode.Unavailable, "the authority does not answer")).ExecuteAsync(context.HttpContext);
        }
        else if (BrowserToken.IsNavigation(context.Request))
        {
            context.HandleResponse();
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect(SignInEndpoints.Path + QueryString.Create(SignInEndpoints.TargetField, context.Request.Path.ToUriComponent()));
        }
    }

    /// <summary>Whether a token could not be judged, rather than being bad.</summary>
    public static bool SaysNothingOfTheToken(Exception failure) =>
        failure is not (SecurityTokenException or ArgumentException or AuthenticationFailureException);

    private static bool HasCriticalExtension(JsonWebToken token)
    {
        using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedHeader));
        return header.RootElement.TryGetProperty("crit", out _);
    }

    private static Task SayWhy(ForbiddenContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
        return Task.CompletedTask;
    }
}
