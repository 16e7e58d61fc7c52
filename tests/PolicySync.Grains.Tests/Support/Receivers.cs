using System.Collections.Concurrent;
using System.Text.Json;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>The endpoints that events are sent to, outliving silos. They accept everything unless the test says otherwise.</summary>
internal sealed class Receivers : IWebhookSender
{
    private readonly ConcurrentQueue<Received> _received = new();

    /// <summary>Asked for the answer to each attempt.</summary>
    public Func<Received, WebhookAnswer> Answer { get; set; } = _ => new WebhookAnswer(WebhookResult.Delivered);

    /// <summary>When set, what was received is answered only after this.</summary>
    public Hold? Hold { get; set; }

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<Received> All => [.. _received];

    public async Task<WebhookAnswer> SendAsync(WebhookEndpoint endpoint, string id, string payload, CancellationToken cancellation)
    {
        var received = new Received(endpoint.Name!, id, JsonDocument.Parse(payload).RootElement);
        var answer = Answer(received);
        _received.Enqueue(received with { Result = answer.Result });
        if (Hold is { } hold)
        {
            hold.Reach();
            await hold.Released;
        }

        return answer;
    }
}

/// <summary>An attempt to deliver an event.</summary>
internal sealed record Received(string Endpoint, string Id, JsonElement Body)
{
    public WebhookResult Result { get; init; }

    public string Event => Body.GetProperty("type").GetString()!;

    public JsonElement Data => Body.GetProperty("data");

    public string TaskId => Data.GetProperty("taskId").GetString()!;
}

internal sealed class SiloSender(IWebhookSender sender, SiloFate fate) : IWebhookSender
{
    public Task<WebhookAnswer> SendAsync(WebhookEndpoint endpoint, string id, string payload, CancellationToken cancellation) =>
        fate.LiveAsync(() => sender.SendAsync(endpoint, id, payload, cancellation));
}

/// <summary>An outbox whose writes can be watched and made to fail, and which does nothing for a dead silo.</summary>
internal sealed class SiloOutbox(IWebhookOutbox outbox, Func<string, Exception?> trouble, SiloFate fate) : IWebhookOutbox
{
    public Task AddAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellation) =>
        WriteAsync("add", () => outbox.AddAsync(deliveries, cancellation));

    public async Task<bool> AddOnceAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        var added = false;
        await WriteAsync("add once", async () => added = await outbox.AddOnceAsync(delivery, cancellation));
        return added;
    }

    public IAsyncEnumerable<WebhookDelivery> ReadDueAsync(string endpoint, LaneRange lanes, DateTimeOffset now, CancellationToken cancellation) =>
        fate.IsDead ? AsyncEnumerable.Empty<WebhookDelivery>() : outbox.ReadDueAsync(endpoint, lanes, now, cancellation);

    public Task RemoveAsync(WebhookDelivery delivery, CancellationToken cancellation) =>
        WriteAsync("remove", () => outbox.RemoveAsync(delivery, cancellation));

    public Task PostponeAsync(WebhookDelivery delivery, WebhookDelivery next, CancellationToken cancellation) =>
        WriteAsync("postpone", () => outbox.PostponeAsync(delivery, next, cancellation));

    public Task<WebhookBacklog> CountAsync(string endpoint, LaneRange lanes, int most, CancellationToken cancellation) =>
        outbox.CountAsync(endpoint, lanes, most, cancellation);

    public Task SweepAsync(IReadOnlyCollection<string> endpoints, DateTimeOffset before, CancellationToken cancellation) =>
        WriteAsync("sweep", () => outbox.SweepAsync(endpoints, before, cancellation));

    private Task WriteAsync(string what, Func<Task> write) => fate.LiveAsync(() => trouble(what) is { } fault ? Task.FromException(fault) : write());
}
