using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using PolicySync.Host.Api;

namespace PolicySync.Host.Http;

/// <summary>How often one address may try to sign in. Each try costs the checking of a signature.</summary>
internal static class SignInRate
{
    public const string Policy = "signin";

    /// <summary>Tries per minute and address.</summary>
    public const int PerMinute = 30;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static Problem Refusal { get; } = Problem.TooMany(Window, "too many sign-ins came from this address; come again later");

    public static bool Governs(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Policy;

    // Callers behind a proxy that is not trusted share its address, and this bound.
    public static void Add(RateLimiterOptions options) => options.AddPolicy(Policy, static http =>
        RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "", static _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = PerMinute,
            Window = Window,
            QueueLimit = 0,
        }));
}
