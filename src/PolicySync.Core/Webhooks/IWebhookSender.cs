using PolicySync.Core.Options;

namespace PolicySync.Core.Webhooks;

/// <summary>What came of an attempt.</summary>
public enum WebhookResult
{
    /// <summary>The endpoint accepted the event (2xx).</summary>
    Delivered,

    /// <summary>The endpoint did not accept it, or could not be called.</summary>
    Failed,

    /// <summary>The endpoint does not want the event (410).</summary>
    Gone,
}

/// <summary>The answer to an attempt.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="Reason">Why it failed, without secrets and without the URL; empty when it did not fail.</param>
/// <param name="RetryAfter">How long the endpoint asked to be left alone; null when it did not.</param>
public sealed record WebhookAnswer(WebhookResult Result, string Reason = "", TimeSpan? RetryAfter = null);

/// <summary>Sends events.</summary>
public interface IWebhookSender
{
    /// <summary>Signs and sends a body once. It ends within half a minute, and throws only when cancelled.</summary>
    Task<WebhookAnswer> SendAsync(WebhookEndpoint endpoint, string id, string payload, CancellationToken cancellation);
}
