using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using PolicySync.Adapters.Workspaces.Errors;

namespace PolicySync.Adapters.Workspaces.Resilience;

/// <summary>
/// How calls that change nothing are repeated: 429, 500, 502, 503, 504, lost connections and attempts without an answer,
/// at most 3 times and with at most 20 seconds of pauses in all. A server that asks for a longer pause is not waited for
/// here: the error goes up at once with its <c>Retry-After</c>, and the one who schedules work decides.
/// </summary>
internal sealed class RepeatPolicy(TimeProvider time, Jitter jitter)
{
    public const int MaxRepeats = 3;

    /// <summary>Longest time of one attempt; the wait for the budget is not part of it.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Longest sum of pauses.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly ResiliencePropertyKey<TimeSpan> NextPause = new("policysync.next-pause");
    private static readonly ResiliencePropertyKey<TimeSpan> Paused = new("policysync.paused");

    /// <summary>The strategy for requests that <paramref name="mayRepeat"/> lets through.</summary>
    public RetryStrategyOptions<HttpResponseMessage> For(Func<HttpRequestMessage, bool> mayRepeat) => new()
    {
        Name = "repeat",
        MaxRetryAttempts = MaxRepeats,
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Context.GetRequestMessage() is { } request && mayRepeat(request)
            && IsPassing(arguments.Outcome) && TryPlanPause(arguments)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(arguments.Context.Properties.GetValue(NextPause, FirstPause)),
    };

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    private bool TryPlanPause(RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        var properties = arguments.Context.Properties;
        var paused = properties.GetValue(Paused, TimeSpan.Zero);
        var pause = Pause(arguments.AttemptNumber, arguments.Outcome.Result);
        if (paused + pause > MaxPause)
        {
            return false;
        }

        if (arguments.Outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests
            && arguments.Context.GetRequestMessage() is { } request && WorkspaceCall.Of(request) is { Meter: { } meter })
        {
            meter.Hold(time.GetTimestamp()); // until its next turn
        }

        properties.Set(NextPause, pause);
        properties.Set(Paused, paused + pause);
        return true;
    }

    // Doubling pauses, each between half and the whole of its length, so that callers who failed together come back
    // apart. What the server asks for is never shortened.
    private TimeSpan Pause(int attempt, HttpResponseMessage? response)
    {
        var backoff = FirstPause * Math.Pow(2, attempt) * (0.5 + (0.5 * jitter.Next()));
        return response is not null && RetryAfter.Of(response, time) is { } asked ? asked + (backoff / 4) : backoff;
    }
}
