using System.Security.Claims;
using System.Threading.RateLimiting;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Http;

/// <summary>Limits the requests of one caller, so that it cannot exhaust the service for the others.</summary>
internal static class TokenRate
{
    private const int PeriodsPerSecond = 10;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Requests that a caller may send at once.</summary>
    public static int Burst(int perSecond) => 2 * perSecond;

    public static IServiceCollection AddTokenRate(this IServiceCollection services, Settings settings)
    {
        var perSecond = settings.Http.RequestsPerSecondPerToken;
        var perPeriod = Math.Max(1, perSecond / PeriodsPerSecond);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst(perSecond),
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)perPeriod / perSecond),
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
