using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Timing;

namespace PolicySync.Adapters.Workspaces.Resilience;

/// <summary>
/// Repeats calls that change nothing after 429, 500, 502, 503, 504, a lost connection or an attempt without an answer: at
/// most 3 times and with at most 20 seconds of pauses in all. When a server asks for a longer pause, the error goes up at
/// once with that pause, and the caller decides. Saves an attempt of a run, which holds many calls, from one lost answer;
/// docs/retries.md has all layers.
/// </summary>
internal sealed class RepeatPolicy(TimeProvider time, Jitter jitter)
{
    public const int MaxRepeats = 3;

    /// <summary>Longest time of one attempt; the wait for the budget is not part of it.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Longest sum of pauses.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(20);

    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(500), MaxPause);
    private static readonly ResiliencePropertyKey<TimeSpan> NextPause = new("policysync.next-pause");
    private static readonly ResiliencePropertyKey<TimeSpan> Paused = new("policysync.paused");

    /// <summary>The strategy for requests that <paramref name="mayRepeat"/> lets through.</summary>
    public RetryStrategyOptions<HttpResponseMessage> For(Func<HttpRequestMessage, bool> mayRepeat) => new()
    {
        Name = "repeat",
        MaxRetryAttempts = MaxRepeats,
        ShouldHandle = async arguments =>
            arguments.Context.GetRequestMessage() is { } request && mayRepeat(request) && IsPassing(arguments.Outcome)
            && (arguments.Outcome.Result is not { } response ? TryPlanPause(arguments, asked: null)
                : await ErrorBody.ReadAsync(response) is var error && MayPass(error)
                    && TryPlanPause(arguments, RetryAfter.Of(response, time) ?? error.RetryDelay)),
        DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(arguments.Context.Properties.GetValue(NextPause, Pauses.First)),
    };

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    // What the error says goes before its status: a quota that is full is a 429 too, and stays so.
    private static bool MayPass(WorkspaceError error) =>
        ErrorTable.MeaningOf(error).Code is SyncErrorCode.Throttled or SyncErrorCode.Unavailable;

    private bool TryPlanPause(RetryPredicateArguments<HttpResponseMessage> arguments, TimeSpan? asked)
    {
        var properties = arguments.Context.Properties;
        var paused = properties.GetValue(Paused, TimeSpan.Zero);
        var pause = Pause(arguments.AttemptNumber, asked);
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

    // What the server asks for is never shortened.
    private TimeSpan Pause(int attempt, TimeSpan? asked)
    {
        var backoff = Pauses.After(attempt, jitter.Next());
        return asked is { } least ? least + (backoff / 4) : backoff;
    }
}
