using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;

namespace PolicySync.Host.Http;

/// <summary>Limits sign-in attempts per address, as each attempt verifies a signature.</summary>
internal static class SignInRate
{
    public const string Policy = "signin";

    /// <summary>Attempts per minute and address.</summary>
    public const int PerMinute = 30;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static Problem Refusal { get; } = Problem.TooMany(Window, "too many sign-in attempts from this address");

    public static bool Governs(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Policy;

    // Callers behind an untrusted proxy share its address and this limit.
    public static void Add(RateLimiterOptions options) => options.AddPolicy(Policy, static http =>
        RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "", static _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = PerMinute,
            Window = Window,
            QueueLimit = 0,
        }));
}
