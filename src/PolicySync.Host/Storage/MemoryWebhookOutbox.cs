using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Host.Storage;

/// <summary>Keeps deliveries in memory, like the tasks that they are about. Nothing survives the process.</summary>
internal sealed class MemoryWebhookOutbox : IWebhookOutbox
{
    private readonly ConcurrentDictionary<(string Endpoint, string Id), WebhookDelivery> _pending = new();
    private readonly ConcurrentDictionary<(string Endpoint, string Id), DateTimeOffset> _remembered = new();

    public Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellation)
    {
        foreach (var delivery in deliveries)
        {
            _pending[(delivery.Endpoint, delivery.Id)] = delivery;
        }

        return Task.CompletedTask;
    }

    public Task<bool> AddOnceAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        var isNew = _remembered.TryAdd((delivery.Endpoint, delivery.Id), delivery.Since);
        if (isNew)
        {
            _pending[(delivery.Endpoint, delivery.Id)] = delivery;
        }

        return Task.FromResult(isNew);
    }

    public async IAsyncEnumerable<WebhookDelivery> ReadDueAsync(
        string endpoint, LaneRange lanes, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var delivery in Of(endpoint, lanes).Where(delivery => delivery.Due <= now).OrderBy(delivery => (delivery.Lane, delivery.Due)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return delivery;
        }
    }

    public Task RemoveAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        _pending.TryRemove(KeyValuePair.Create((delivery.Endpoint, delivery.Id), delivery));
        return Task.CompletedTask;
    }

    public Task PostponeAsync(WebhookDelivery delivery, WebhookDelivery next, CancellationToken cancellation)
    {
        _pending.TryUpdate((delivery.Endpoint, delivery.Id), next, delivery);
        return Task.CompletedTask;
    }

    public Task<WebhookBacklog> CountAsync(string endpoint, LaneRange lanes, int most, CancellationToken cancellation)
    {
        var pending = Of(endpoint, lanes).Take(most).ToList();
        return Task.FromResult(new WebhookBacklog(pending.Count, pending.Count == 0 ? null : pending.Min(delivery => delivery.Since)));
    }

    public Task SweepAsync(IReadOnlyCollection<string> endpoints, DateTimeOffset before, CancellationToken cancellation)
    {
        foreach (var old in _remembered.Where(old => old.Value < before))
        {
            _remembered.TryRemove(old);
        }

        return Task.CompletedTask; // the endpoints of a process do not change
    }

    private IEnumerable<WebhookDelivery> Of(string endpoint, LaneRange lanes) =>
        _pending.Values.Where(delivery => delivery.Endpoint == endpoint && lanes.Holds(delivery.Lane));
}
