using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Webhooks;

/// <summary>
/// Stores an event for each version of the policies that was refused, once per instance, whichever silos refuse it and how often. A check
/// stores it before the tasks that wait for the check fail. Safe for concurrent use.
/// </summary>
public sealed partial class PolicyRefusals(
    IWebhookOutbox outbox, WebhookNotices notices, TimeProvider time, ILogger<PolicyRefusals> logger)
{
    // By id. What is noted is stored already, or waits in the other dictionary.
    private readonly ConcurrentDictionary<string, bool> _noted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<WebhookDelivery>> _unstored = new(StringComparer.Ordinal);

    /// <summary>Most refusals that are remembered; more are not to be expected between two starts of a process.</summary>
    private const int MaxNoted = 1_000;

    /// <summary>Notes that a download was refused. A failure to store it is logged, and <see cref="StoreAsync"/> tries again.</summary>
    /// <param name="download">What was refused.</param>
    /// <param name="last">What was accepted last; after another was accepted, a refusal of the same download is a new one.</param>
    /// <param name="refusal">Why it was refused.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task NoteAsync(PolicyDownload download, PolicyBaseline? last, SyncException refusal, CancellationToken cancellation)
    {
        var endpoints = notices.Subscriptions.For(WebhookEvents.PoliciesRefused).ToList();
        var id = WebhookDelivery.IdOf(notices.Instance, WebhookEvents.PoliciesRefused, $"{download.Stamp}\n{last?.Stamp}");
        if (endpoints.Count == 0 || !_noted.TryAdd(id, true))
        {
            return;
        }

        if (_noted.Count > MaxNoted)
        {
            _noted.Clear();
        }

        var now = time.GetUtcNow();
        _unstored[id] =
        [
            .. endpoints.Select(endpoint => new WebhookDelivery
            {
                Endpoint = endpoint.Name!,
                Event = WebhookEvents.PoliciesRefused,
                Id = id,
                Lane = LaneOf(id),
                Payload = WebhookMessages.OfRefusedPolicies(notices.Instance, download.Policies.PolicyVersion, refusal, now),
                Since = now,
                Due = now,
            }),
        ];
        await StoreAsync(cancellation);
    }

    /// <summary>Stores what could not be stored yet.</summary>
    public async Task StoreAsync(CancellationToken cancellation)
    {
        foreach (var (id, deliveries) in _unstored)
        {
            try
            {
                foreach (var delivery in deliveries)
                {
                    await outbox.AddOnceAsync(delivery, cancellation);
                }

                _unstored.TryRemove(id, out _);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogUnstored(e, id);
            }
        }
    }

    // The last characters of an id are hexadecimal.
    private static int LaneOf(string id) => Convert.ToInt32(id[^4..], 16) % TaskId.Lanes;

    [LoggerMessage(13, LogLevel.Warning, "Could not store the event {Id}, that policies were refused, for the webhooks; it is tried again")]
    private partial void LogUnstored(Exception exception, string id);
}
