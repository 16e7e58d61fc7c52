using PolicySync.Core.Errors;
using PolicySync.Core.Timing;

namespace PolicySync.Grains.Resources;

/// <summary>
/// When a run repeats its attempt, and a walk a read: up to <c>Sync:RetryFor</c>, for policies <c>Policies:MaxWait</c>. An
/// attempt reads and plans afresh, which a repeated call cannot; docs/retries.md has all layers.
/// </summary>
internal sealed class RetryPatience(TimeProvider time, TimeSpan retryFor, TimeSpan policiesMaxWait)
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    // Policies that came back are news for everybody who waits: looked for more often than a throttling server.
    private static readonly Backoff PoliciesWaits = Waits with { Ceiling = TimeSpan.FromSeconds(5) };

    private readonly long _start = time.GetTimestamp();
    private long _attempt = time.GetTimestamp();
    private long? _policiesGone;
    private int _waits;

    /// <summary>An attempt begins: if it finds no policies, they are missing since now and not since it gave up on them.</summary>
    public void Attempt() => _attempt = time.GetTimestamp();

    /// <summary>How long to wait before the next try; null when it is over. The last try is made at the very end.</summary>
    public TimeSpan? Next(SyncException failure)
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
