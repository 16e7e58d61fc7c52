using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Http;

/// <summary>
/// Says on every answer to a limited caller what its limit is and what is left (draft-ietf-httpapi-ratelimit-headers), so that a
/// client can slow down before it is refused.
/// </summary>
internal static class RateHeaders
{
    /// <summary>What is left now: <c>"subject";r=19;t=1</c>.</summary>
    public const string Limit = "RateLimit";

    /// <summary>The limit: <c>"subject";q=20;w=2</c>.</summary>
    public const string Policy = "RateLimit-Policy";

    private const string Name = "\"subject\"";

    public static void UseRateHeaders(this WebApplication app, Settings settings)
    {
        var perSecond = settings.Http.RequestsPerSecondPerToken;
        var quota = TokenRate.Burst(perSecond);
        var policy = string.Create(CultureInfo.InvariantCulture, $"{Name};q={quota};w={quota / perSecond}");
        var limiter = app.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter!;
        app.Use((http, next) =>
        {
            // When the answer starts, as an exception clears earlier headers.
            http.Response.OnStarting(() =>
            {
                if (http.User.Identity?.IsAuthenticated == true)
                {
                    http.Response.Headers[Policy] = policy;
                    http.Response.Headers[Limit] = Left(limiter, http, quota, perSecond);
                }

                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    private static string Left(PartitionedRateLimiter<HttpContext> limiter, HttpContext http, int quota, int perSecond)
    {
        var left = Math.Clamp(limiter.GetStatistics(http)?.CurrentAvailablePermits ?? quota, 0, quota);
        return string.Create(CultureInfo.InvariantCulture, $"{Name};r={left};t={(quota - left + perSecond - 1) / perSecond}");
    }
}
