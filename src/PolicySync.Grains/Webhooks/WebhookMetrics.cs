using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using PolicySync.Core.Telemetry;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Webhooks;

/// <summary>Counts deliveries, by the names of <see cref="MetricNames"/>. Without endpoints there is nothing to see.</summary>
internal sealed class WebhookMetrics
{
    /// <summary>Value of the tag <c>result</c>: accepted by the endpoint.</summary>
    public const string Delivered = "DELIVERED";

    /// <summary>Value of the tag <c>result</c>: an attempt failed and will be repeated.</summary>
    public const string Failed = "FAILED";

    /// <summary>Value of the tag <c>result</c>: not wanted by the endpoint (410).</summary>
    public const string Gone = "GONE";

    /// <summary>Value of the tag <c>result</c>: not accepted for <see cref="WebhookBackoff.Patience"/>.</summary>
    public const string GivenUp = "GIVEN_UP";

    private readonly Counter<long> _attempts;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, WebhookBacklog> _pending = new(StringComparer.Ordinal);

    public WebhookMetrics(IMeterFactory meters, WebhookNotices notices, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MetricNames.Meter);
        _attempts = meter.CreateCounter<long>(MetricNames.WebhookDeliveries, "{delivery}", "Attempts to deliver events, and deliveries that were given up, by endpoint, event and result.");
        meter.CreateObservableGauge(MetricNames.WebhooksPending, ObservePending, "{delivery}", "Events that wait for their delivery by this silo, by endpoint; counted once a minute, up to 10,000.");
        meter.CreateObservableGauge(MetricNames.OldestPendingWebhook, ObserveOldest, "s", "Age of the oldest of them; 0 when there is none.");
        foreach (var endpoint in notices.Subscriptions.Endpoints)
        {
            _pending[endpoint.Name!] = new WebhookBacklog(0, null);
            foreach (var happened in WebhookEvents.All.Where(happened => notices.Subscriptions.For(happened).Contains(endpoint)))
            {
                Array.ForEach([Delivered, Failed, Gone, GivenUp], result => Add(endpoint.Name!, happened, result, 0));
            }
        }
    }

    public void Record(WebhookDelivery delivery, string result) => Add(delivery.Endpoint, delivery.Event, result, 1);

    public void RecordPending(string endpoint, WebhookBacklog backlog) => _pending[endpoint] = backlog;

    private void Add(string endpoint, string happened, string result, long count) =>
        _attempts.Add(count, new("endpoint", endpoint), new("event", happened), new("result", result));

    private IEnumerable<Measurement<long>> ObservePending() =>
        _pending.Select(pair => new Measurement<long>(pair.Value.Count, Tag(pair.Key)));

    private IEnumerable<Measurement<double>> ObserveOldest() => _pending.Select(pair => new Measurement<double>(
        pair.Value.Oldest is { } oldest ? Math.Max(0, (_time.GetUtcNow() - oldest).TotalSeconds) : 0, Tag(pair.Key)));

    private static KeyValuePair<string, object?> Tag(string endpoint) => new("endpoint", endpoint);
}
