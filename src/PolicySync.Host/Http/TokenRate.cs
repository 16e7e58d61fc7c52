using System.Security.Claims;
using System.Threading.RateLimiting;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Http;

/// <summary>Limits the requests of one caller, so that it cannot exhaust the service for the others.</summary>
internal static class TokenRate
{
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddTokenRate(this IServiceCollection services, Settings settings)
    {
        var perSecond = settings.Http.RequestsPerSecondPerToken;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * perSecond,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = perSecond >= 10 ? Refill : TimeSpan.FromSeconds(1.0 / perSecond),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
        return services.AddRateLimiter(options =>
        {
            // Callers with a valid token are limited here; others were refused before, at lower cost.
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
                http.User.Identity?.IsAuthenticated == true
                    ? RateLimitPartition.GetTokenBucketLimiter(Caller(http.User), _ => bucket)
                    : RateLimitPartition.GetNoLimiter(""));
            SignInRate.Add(options);
            options.OnRejected = static (context, _) => new ValueTask(
                (SignInRate.Governs(context.HttpContext) ? SignInRate.Refusal : Problem.TooMany(RetryAfter)).ExecuteAsync(context.HttpContext));
        });
    }

    // Tokens of one subject share a limit, so that more tokens do not give a higher one.
    private static string Caller(ClaimsPrincipal user) => user.FindFirstValue("sub") ?? "";
}
