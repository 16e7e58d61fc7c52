using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Auth;

/// <summary>
/// Decides what a valid token gives access to. A token without a <c>scope</c> or <c>scp</c> claim gives access to the API only (the vendor's
/// tokens have none); any other gives access to exactly what its scopes name. <see cref="SecurableClaim"/> limits it to securables.
/// </summary>
internal static class Access
{
    /// <summary>Policy for what the API shows.</summary>
    public const string Read = "read";

    /// <summary>Policy for what the API does.</summary>
    public const string Api = "api";

    /// <summary>Policy for the dashboard and metrics, and for what decides what the service may do.</summary>
    public const string Operations = "operations";

    /// <summary>Scope for what the API shows.</summary>
    public const string ReadScope = "policysync.read";

    /// <summary>Scope for the whole API.</summary>
    public const string TasksScope = "policysync.tasks";

    /// <summary>Scope for the dashboard, metrics and suspensions, not for tasks.</summary>
    public const string OperationsScope = "policysync.ops";

    private static readonly Dictionary<string, string[]> Opened = new(StringComparer.Ordinal)
    {
        [ReadScope] = [Read],
        [TasksScope] = [Read, Api],
        [OperationsScope] = [Operations],
    };

    public static IServiceCollection AddAccessPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(Read, static policy => policy.RequireAssertion(static context => Opens(context.User, Read)))
            .AddPolicy(Api, static policy => policy.RequireAssertion(static context => Opens(context.User, Api)))
            .AddPolicy(Operations, static policy => policy.RequireAssertion(static context => Opens(context.User, Operations)))
            // An endpoint without a policy needs a valid token, and so does an unknown route: without a token no one learns what exists.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>The scope that an endpoint requires, the narrowest that is enough.</summary>
    public static string ScopeOf(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<IAuthorizeData>()?.Policy switch
    {
        Operations => OperationsScope,
        Read => ReadScope,
        _ => TasksScope,
    };

    /// <summary>Whether a valid token satisfies <paramref name="policy"/>.</summary>
    public static bool Opens(ClaimsPrincipal token, string policy) => Of(token)?.Policies.Contains(policy) is true;

    /// <summary>The securables that a valid token is for; none when the token was not read.</summary>
    public static SecurableRights SecurablesOf(ClaimsPrincipal token) =>
        Of(token)?.Securables ?? SecurableRights.None;

    /// <summary>The subject of a token, as it is kept with what the token asked for; null without a subject.</summary>
    public static string? SubjectOf(ClaimsPrincipal token) => TaskShare.SubjectOf(token.FindFirstValue("sub"));

    /// <summary>When a valid token ends.</summary>
    public static DateTimeOffset EndOf(ClaimsPrincipal token) => Of(token)?.End ?? DateTimeOffset.MinValue;

    /// <summary>
    /// Reads what the policies require from a token whose signature and lifetime are verified; null when the
    /// claim of securables cannot be read.
    /// </summary>
    public static ClaimsIdentity? Of(JsonWebToken token)
    {
        // Reads the payload instead of the claims: an empty list is a claim too, but yields none.
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        return SecurableClaim.Read(payload.RootElement) is { } securables
            ? new AccessIdentity(ScopeOf(payload.RootElement) is { } scope ? Scopes(scope) : [TasksScope], securables, token.ValidTo)
            : null;
    }

    private static AccessIdentity? Of(ClaimsPrincipal token) => token.Identities.OfType<AccessIdentity>().FirstOrDefault();

    /// <summary>The scope of a token: <c>scope</c>, or else <c>scp</c>, the name that Microsoft Entra and Okta use for it.</summary>
    private static JsonElement? ScopeOf(JsonElement payload) =>
        payload.TryGetProperty("scope", out var scope) || payload.TryGetProperty("scp", out scope) ? scope : null;

    private static string[] Scopes(JsonElement scope) => scope.ValueKind switch
    {
        JsonValueKind.String => scope.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        JsonValueKind.Array => [.. scope.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        _ => [],
    };

    /// <summary>What the service read from a token. Claims of the token cannot take its place.</summary>
    private sealed class AccessIdentity(IEnumerable<string> scopes, SecurableRights securables, DateTime end) : ClaimsIdentity
    {
        public HashSet<string> Policies { get; } = [.. scopes.SelectMany(scope => Opened.GetValueOrDefault(scope) ?? [])];

        public SecurableRights Securables => securables;

        public DateTimeOffset End => new(end, TimeSpan.Zero);
    }
}
