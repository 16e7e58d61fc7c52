using PolicySync.Core.Errors;
using PolicySync.Core.Timing;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>
/// Decides when a run repeats its attempt, and a walk a read: for <c>Sync:RetryFor</c>, or for <c>Policies:MaxWait</c> while
/// there are no policies. An attempt reads and plans again, which a repeated call cannot; docs/retries.md lists all layers.
/// </summary>
internal sealed class RetryPatience(TimeProvider time, TimeSpan retryFor, TimeSpan policiesMaxWait)
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    // Every run waits for policies, so they are asked for more often than a throttling server.
    private static readonly Backoff PoliciesWaits = Waits with { Ceiling = TimeSpan.FromSeconds(5) };

    private readonly long _start = time.GetTimestamp();
    private long _attempt = time.GetTimestamp();
    private long? _policiesGone;
    private int _waits;

    /// <summary>Records that an attempt begins. If it finds no policies, they count as missing from now on.</summary>
    public void BeginAttempt() => _attempt = time.GetTimestamp();

    /// <summary>Returns how long to wait before the next attempt, the last of which is made at the very end; null when time is up.</summary>
    public TimeSpan? NextWait(SyncException failure)
    {
        _policiesGone = failure.Code == SyncErrorCode.PoliciesUnavailable ? _policiesGone ?? _attempt : null;
        var left = _policiesGone is { } since
            ? policiesMaxWait - time.GetElapsedTime(since)
            : retryFor - time.GetElapsedTime(_start);
        if (left <= TimeSpan.Zero || failure.RetryAfter > left)
        {
            return null;
        }

        var wait = (_policiesGone is null ? Waits : PoliciesWaits).After(_waits++);
        wait = failure.RetryAfter ?? wait;
        return wait < left ? wait : left;
    }
}
