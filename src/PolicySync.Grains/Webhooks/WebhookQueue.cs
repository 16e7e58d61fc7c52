using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Options;
using PolicySync.Core.Webhooks;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Webhooks;

/// <summary>
/// Delivers the events of one endpoint that are in this silo's share of the lanes. While the endpoint does not answer, only one event at a
/// time is tried, in growing intervals; the others wait and are not counted as tried.
/// </summary>
internal sealed partial class WebhookQueue(
    WebhookEndpoint endpoint, IWebhookOutbox outbox, WebhookAttempts attempts, WebhookMetrics metrics, ClusterWatch cluster, WebhookClock clock,
    ILogger<WebhookQueue> logger)
{
    /// <summary>Attempts at once.</summary>
    private const int AtOnce = 8;

    /// <summary>Failures in succession after which the endpoint counts as down.</summary>
    private const int DownAfter = 8;

    /// <summary>Most deliveries that are counted for the metric.</summary>
    private const int MaxCounted = 10_000;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CountPeriod = TimeSpan.FromMinutes(1);

    private int _failures;
    private TimeSpan _pause = TimeSpan.Zero;
    private DateTimeOffset _counted;

    // Ticks in UTC: attempts read and write them concurrently.
    private long _pausedUntil;
    private long _logged;

    private long Now => clock.Now.UtcTicks;

    /// <summary>How long the endpoint still asks to be left alone.</summary>
    private TimeSpan Left => TimeSpan.FromTicks(Volatile.Read(ref _pausedUntil) - Now);

    private bool IsDown => Volatile.Read(ref _failures) >= DownAfter;

    /// <summary>Makes one pass over what is due. Returns the time until the next one should begin.</summary>
    /// <param name="period">The time between two passes when nothing is wrong.</param>
    /// <param name="stopping">The process ends.</param>
    public async Task<TimeSpan> PassAsync(TimeSpan period, CancellationToken stopping)
    {
        await CountAsync(stopping);
        if (Left is var left && left > TimeSpan.Zero)
        {
            return left < CountPeriod ? left : CountPeriod; // what is due is not even read
        }

        var isProbe = IsDown;
        if (isProbe)
        {
            Volatile.Write(ref _failures, DownAfter - 1);
        }

        await Parallel.ForEachAsync(
            ReadAsync(isProbe, stopping),
            new ParallelOptions { MaxDegreeOfParallelism = isProbe ? 1 : AtOnce, CancellationToken = stopping },
            async (delivery, cancellation) => await DeliverAsync(delivery, cancellation));

        if (!IsDown)
        {
            return period;
        }

        return _pause = _pause == TimeSpan.Zero ? ShortestPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    // Once the endpoint answers a probe, the next pass delivers the others at full speed.
    private async IAsyncEnumerable<WebhookDelivery> ReadAsync(bool isProbe, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var delivery in outbox.ReadDueAsync(endpoint.Name!, cluster.OwnShare.Lanes, clock.Now, cancellation))
        {
            if (isProbe && Volatile.Read(ref _failures) == 0)
            {
                yield break;
            }

            yield return delivery;
        }
    }

    private async Task DeliverAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        if (IsDown)
        {
            // Events that could not be tried in time go with those that were, so that what waits for a dead endpoint is bounded.
            if (clock.Now - (delivery.FirstAttempt ?? delivery.Since) >= WebhookBackoff.Patience)
            {
                await attempts.GiveUpAsync(delivery, "the endpoint does not answer");
            }

            return;
        }

        if (Left > TimeSpan.Zero)
        {
            return;
        }

        switch (await attempts.MakeAsync(endpoint, delivery, cancellation))
        {
            case null:
                break;
            case { Result: WebhookResult.Failed } failure:
                Failed(failure);
                break;
            default:
                Succeeded();
                break;
        }
    }

    private void Failed(WebhookAnswer failure)
    {
        Interlocked.Increment(ref _failures);
        var logged = Volatile.Read(ref _logged);
        if (Now - logged >= LogPeriod.Ticks && Interlocked.CompareExchange(ref _logged, Now, logged) == logged)
        {
            LogFailing(endpoint.Name!, failure.Reason);
        }

        if (failure.RetryAfter is { } asked)
        {
            Volatile.Write(ref _pausedUntil, Now + (asked < WebhookBackoff.LongestRetryAfter ? asked : WebhookBackoff.LongestRetryAfter).Ticks);
        }
    }

    private void Succeeded()
    {
        Volatile.Write(ref _failures, 0);
        if (_pause > TimeSpan.Zero)
        {
            _pause = TimeSpan.Zero;
            LogRecovered(endpoint.Name!);
        }
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        if (clock.Now - _counted >= CountPeriod)
        {
            _counted = clock.Now;
            metrics.RecordPending(endpoint.Name!, await outbox.CountAsync(endpoint.Name!, cluster.OwnShare.Lanes, MaxCounted, cancellation));
        }
    }

    [LoggerMessage(16, LogLevel.Warning, "Webhook endpoint {Endpoint} does not accept events: {Reason}; they are sent again for 24 hours")]
    private partial void LogFailing(string endpoint, string reason);

    [LoggerMessage(17, LogLevel.Information, "Webhook endpoint {Endpoint} accepts events again")]
    private partial void LogRecovered(string endpoint);
}
