using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Auth;

/// <summary>How bearer tokens are judged. Nothing about it follows the token: algorithms, keys and issuer are ours to say.</summary>
internal sealed class BearerSetup(Settings settings, IServiceProvider services) : IConfigureNamedOptions<JwtBearerOptions>
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

        options.Events = new JwtBearerEvents { OnTokenValidated = JudgeHeader, OnForbidden = SayWhy };
    }

    /// <summary>
    /// An extension that a token marks critical must be understood or the token refused (RFC 7515 §4.1.11); we
    /// understand none, and the library does not look.
    /// </summary>
    private static Task JudgeHeader(TokenValidatedContext context)
    {
        if (context.SecurityToken is not JsonWebToken token || HasCriticalExtension(token))
        {
            context.Fail("the token has a critical extension");
        }
        else
        {
            context.Principal!.AddIdentity(Access.Of(token));
        }

        return Task.CompletedTask;
    }

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
