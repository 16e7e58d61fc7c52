using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Webhooks;

/// <summary>What is pending for an endpoint.</summary>
/// <param name="Count">How many deliveries, up to the bound of the count.</param>
/// <param name="Oldest">When the oldest of them occurred; null without any.</param>
public sealed record WebhookBacklog(int Count, DateTimeOffset? Oldest);

/// <summary>
/// Where events wait for their delivery. Nothing is in it, and nothing of it is called, while no endpoint is configured. Each method may
/// throw <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/> when the storage does not answer.
/// </summary>
public interface IWebhookOutbox
{
    /// <summary>Makes deliveries durable. Adding one again changes nothing, or repeats it with the same id if it was made meanwhile.</summary>
    Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellation);

    /// <summary>
    /// Makes a delivery durable and remembers its id, also after it was made, until <see cref="SweepAsync"/> deletes it. False when
    /// its id is remembered already, for the same endpoint.
    /// </summary>
    Task<bool> AddOnceAsync(WebhookDelivery delivery, CancellationToken cancellation);

    /// <summary>Reads the deliveries of an endpoint and of some lanes that are due, by lane and then by due time.</summary>
    IAsyncEnumerable<WebhookDelivery> ReadDueAsync(string endpoint, LaneRange lanes, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Removes a delivery that was made or given up. A delivery that was added again since it was read stays.</summary>
    Task RemoveAsync(WebhookDelivery delivery, CancellationToken cancellation);

    /// <summary>Replaces a delivery by <paramref name="next"/>, which differs in due time and attempts, unless another process did so since it was read.</summary>
    Task PostponeAsync(WebhookDelivery delivery, WebhookDelivery next, CancellationToken cancellation);

    /// <summary>Counts the deliveries of an endpoint and of some lanes, due or not, up to <paramref name="most"/>.</summary>
    Task<WebhookBacklog> CountAsync(string endpoint, LaneRange lanes, int most, CancellationToken cancellation);

    /// <summary>
    /// Deletes what is older than <paramref name="before"/>: ids that <see cref="AddOnceAsync"/> remembered, and deliveries to endpoints that
    /// are not among <paramref name="endpoints"/>.
    /// </summary>
    Task SweepAsync(IReadOnlyCollection<string> endpoints, DateTimeOffset before, CancellationToken cancellation);
}
