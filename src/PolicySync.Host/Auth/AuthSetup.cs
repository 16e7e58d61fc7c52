using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using PolicySync.Host.Auth.SignIn.OpenId;
using PolicySync.Host.Auth.SignIn;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Auth;

/// <summary>Sets up bearer tokens, their access, and the sign-in of browsers.</summary>
internal static class AuthSetup
{
    public static void AddBearer(this IServiceCollection services, Settings settings)
    {
        if (settings.Auth.PublicKeyFile is { } path)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PublicKeyFile>(provider, path));
        }

        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer().AddJwtBearer(SignInEndpoints.Scheme);
        services.AddDataProtection().UseEphemeralDataProtectionProvider(); // nothing is protected; the default would leave a key file in the home folder
        services.ConfigureOptions<BearerSetup>();
        services.AddSingleton<RefusedTokens>();
        services.AddSingleton<TokenRecheck>();
        services.AddSingleton<SignInEndpoints>();
        services.AddSingleton<TokenKeeper>();
        if (OpenIdAuthority.IsUsed(settings.Auth))
        {
            services.AddSingleton<OpenIdAuthority>();
            services.AddSingleton<OpenIdEndpoints>();
        }

        services.AddAccessPolicies();
    }
}
