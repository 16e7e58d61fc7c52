using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace PolicySync.Host.Auth;

/// <summary>Checks the token of a long request again: it may have ended, or its key may have been removed.</summary>
internal sealed class TokenRecheck(IServiceScopeFactory scopes, TimeProvider time)
{
    /// <summary>Whether the token of the request is valid now.</summary>
    public async Task<bool> IsValidAsync(HttpContext http)
    {
        if (time.GetUtcNow() >= Access.EndOf(http.User) + BearerSetup.ClockSkew)
        {
            return false;
        }

        using var scope = scopes.CreateScope(); // the handler of the request's own scope repeats its first verdict
        var handlers = scope.ServiceProvider.GetRequiredService<IAuthenticationHandlerProvider>();
        return await handlers.GetHandlerAsync(http, JwtBearerDefaults.AuthenticationScheme) is { } handler && (await handler.AuthenticateAsync()).Succeeded;
    }
}
