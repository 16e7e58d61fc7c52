using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Auth;

/// <summary>
/// Decides what a valid token gives access to. A token without a <c>scope</c> claim gives access to the API only (the vendor's tokens
/// have none); any other gives access to exactly what its scopes name.
/// </summary>
internal static class Access
{
    /// <summary>Policy for the API.</summary>
    public const string Api = "api";

    /// <summary>Policy for the dashboard and metrics.</summary>
    public const string Operations = "operations";

    /// <summary>Scope for the API.</summary>
    public const string TasksScope = "policysync.tasks";

    /// <summary>Scope for the dashboard and metrics, not for the API.</summary>
    public const string OperationsScope = "policysync.ops";

    private const string ClaimType = "policysync:access";

    public static IServiceCollection AddAccessPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(Api, policy => policy.RequireClaim(ClaimType, Api))
            .AddPolicy(Operations, policy => policy.RequireClaim(ClaimType, Operations))
            // An endpoint without a policy needs a valid token, and so does an unknown route: without a token no one learns what exists.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>The scope that an endpoint requires.</summary>
    public static string ScopeOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAuthorizeData>()?.Policy == Operations ? OperationsScope : TasksScope;

    /// <summary>Whether a valid token satisfies <paramref name="policy"/>.</summary>
    public static bool Opens(ClaimsPrincipal token, string policy) => token.HasClaim(ClaimType, policy);

    /// <summary>Returns the claims that the policies require, from a token whose signature and lifetime are verified.</summary>
    public static ClaimsIdentity Of(JsonWebToken token)
    {
        // Reads the payload instead of the claims: an empty list is a scope claim too, but yields no claim.
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        string[] granted = payload.RootElement.TryGetProperty("scope", out var scope) ? [.. Granted(Scopes(scope))] : [Api];
        return new ClaimsIdentity(granted.Select(access => new Claim(ClaimType, access)));
    }

    private static IEnumerable<string> Granted(IReadOnlyCollection<string> scopes) =>
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
