using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Webhooks;

/// <summary>
/// Stores the events of a task before its end is stored, so that a process which dies in between loses none. They are sent only when the end
/// is stored, and then tell what is stored, whoever wrote it. Without endpoints it does nothing.
/// </summary>
public sealed class WebhookNotices(IWebhookOutbox outbox, IOptions<WebhooksOptions> options, GrainSettings settings, TimeProvider time)
{
    /// <summary>The name of this instance of the service.</summary>
    public string Instance => settings.Instance;

    /// <summary>Which endpoint wants which event.</summary>
    public WebhookSubscriptions Subscriptions { get; } = new(options.Value);

    /// <summary>Stores the events of a task that is about to end.</summary>
    public Task AddAsync(SyncTask ended, CancellationToken cancellation)
    {
        if (Subscriptions.AreNone)
        {
            return Task.CompletedTask;
        }

        var since = ended.EndTime ?? time.GetUtcNow();
        var deliveries = Subscriptions.For(ended)
            .Select(wanted => WebhookDelivery.Of(wanted.Endpoint.Name!, wanted.Event, Instance, ended, since)).ToList();
        return deliveries.Count == 0 ? Task.CompletedTask : outbox.AddAsync(deliveries, cancellation);
    }
}
