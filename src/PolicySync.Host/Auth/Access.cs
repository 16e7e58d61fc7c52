using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Auth;

/// <summary>
/// What a valid token opens. A token without a <c>scope</c> claim opens the API only (the vendor's tokens have none);
/// one with it opens exactly what it names.
/// </summary>
internal static class Access
{
    /// <summary>Policy for the API.</summary>
    public const string Api = "api";

    /// <summary>Policy for the dashboard and metrics.</summary>
    public const string Operations = "operations";

    /// <summary>Scope that opens the API.</summary>
    public const string TasksScope = "policysync.tasks";

    /// <summary>Scope that opens the dashboard and metrics; it does not open the API.</summary>
    public const string OperationsScope = "policysync.ops";

    private const string ClaimType = "policysync:access";

    public static IServiceCollection AddAccessPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(Api, policy => policy.RequireClaim(ClaimType, Api))
            .AddPolicy(Operations, policy => policy.RequireClaim(ClaimType, Operations))
            // What names no policy needs a valid token, unknown routes included: nobody learns what exists without one.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>Whether a valid token opens what <paramref name="policy"/> guards.</summary>
    public static bool Opens(ClaimsPrincipal token, string policy) => token.HasClaim(ClaimType, policy);

    /// <summary>The claims that the policies look for, from a token whose signature and lifetime are already proven.</summary>
    public static ClaimsIdentity Of(JsonWebToken token)
    {
        // The payload, not the claims: an empty list is a scope claim too, and leaves no claim behind.
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        string[] granted = payload.RootElement.TryGetProperty("scope", out var scope) ? [.. Opened(Scopes(scope))] : [Api];
        return new ClaimsIdentity(granted.Select(access => new Claim(ClaimType, access)));
    }

    private static IEnumerable<string> Opened(IReadOnlyCollection<string> scopes) =>
        from pair in new[] { (Scope: TasksScope, Access: Api), (Scope: OperationsScope, Access: Operations) }
        where scopes.Contains(pair.Scope, StringComparer.Ordinal)
        select pair.Access;

    private static string[] Scopes(JsonElement scope) => scope.ValueKind switch
    {
        JsonValueKind.String => scope.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        JsonValueKind.Array => [.. scope.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };
}
