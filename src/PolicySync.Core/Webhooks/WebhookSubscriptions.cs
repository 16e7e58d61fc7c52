using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Webhooks;

/// <summary>Which endpoint wants which event. Immutable.</summary>
public sealed class WebhookSubscriptions
{
    private readonly IReadOnlyList<Subscription> _all;

    /// <summary>Reads the endpoints of <paramref name="options"/>, which are valid.</summary>
    public WebhookSubscriptions(WebhooksOptions options) =>
        _all = [.. options.Endpoints.Select(endpoint => new Subscription(endpoint, [.. endpoint.Securables.Select(NamePattern.Parse)]))];

    /// <summary>The endpoints.</summary>
    public IEnumerable<WebhookEndpoint> Endpoints => _all.Select(subscription => subscription.Endpoint);

    /// <summary>Whether no endpoint is configured.</summary>
    public bool AreNone => _all.Count == 0;

    /// <summary>The endpoints that want an event which is not about a task.</summary>
    public IEnumerable<WebhookEndpoint> For(string happened) => Endpoints.Where(endpoint => Names(endpoint, happened));

    /// <summary>Each event of an ended task, with an endpoint that wants it.</summary>
    public IEnumerable<(WebhookEndpoint Endpoint, string Event)> For(SyncTask ended) =>
        from subscription in _all
        from happened in WebhookEvents.OfTasks
        where Wants(subscription, happened, ended)
        select (subscription.Endpoint, happened);

    /// <summary>Whether the endpoint still wants the event, given the end of the task that is stored.</summary>
    public bool Wants(string endpoint, string happened, SyncTask ended) =>
        _all.Any(subscription => subscription.Endpoint.Name == endpoint && Wants(subscription, happened, ended));

    private static bool Wants(Subscription subscription, string happened, SyncTask ended) =>
        Names(subscription.Endpoint, happened)
        && (happened switch
        {
            WebhookEvents.TaskEnded => true,
            WebhookEvents.DriftFound => ended.Request.Type == TaskTypes.Verify && ended.Progress.Drifted >= subscription.Endpoint.Min,
            WebhookEvents.AccessExposed => ended.Exposed >= subscription.Endpoint.Min,
            _ => false,
        })
        && (subscription.Securables.Count == 0 || ended.Request.Resources.Any(resource => Concerns(subscription, resource)));

    private static bool Names(WebhookEndpoint endpoint, string happened) => endpoint.Events.Count == 0 || endpoint.Events.Contains(happened);

    private static bool Concerns(Subscription subscription, RequestedResource resource) =>
        resource.Securable is { } securable && subscription.Securables.Any(
            pattern => pattern.Covers(securable) || (securable.Type.IsContainer() && !resource.SelfOnly && pattern.CouldCoverBelow(securable)));

    private sealed record Subscription(WebhookEndpoint Endpoint, IReadOnlyList<NamePattern> Securables);
}
