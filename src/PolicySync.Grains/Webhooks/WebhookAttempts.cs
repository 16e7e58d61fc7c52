using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Grains.Webhooks;

/// <summary>
/// Makes single attempts to deliver events, and stores what came of them. A process that dies between the two makes the attempt again with the
/// same id. Safe for concurrent use.
/// </summary>
internal sealed partial class WebhookAttempts(
    IWebhookOutbox outbox, ITaskStore tasks, IWebhookSender sender, WebhookNotices notices, WebhookMetrics metrics, WebhookClock clock,
    ILogger<WebhookAttempts> logger)
{
    /// <summary>Longest time between two looks at a task that has not ended.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1);

    private const int MaxLooks = 10_000;

    // Tasks whose events are stored and whose end is not: their process died in between, or is about to store it.
    private readonly ConcurrentDictionary<TaskId, (TimeSpan Wait, DateTimeOffset Next)> _looks = new();

    /// <summary>Makes an attempt. Null when none was made: the task has not ended, or its end as it is stored is no such event.</summary>
    public async Task<WebhookAnswer?> MakeAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken cancellation)
    {
        if ((delivery.Payload ?? await PayloadAsync(delivery, cancellation)) is not { } payload)
        {
            return null;
        }

        var answer = await sender.SendAsync(endpoint, delivery.Id, payload, cancellation);
        // What came of it is stored also while the process stops.
        switch (answer.Result)
        {
            case WebhookResult.Delivered:
                metrics.Record(delivery, WebhookMetrics.Delivered);
                await outbox.RemoveAsync(delivery, CancellationToken.None);
                break;
            case WebhookResult.Gone:
                metrics.Record(delivery, WebhookMetrics.Gone);
                LogGone(delivery.Endpoint, delivery.Event, delivery.Id);
                await outbox.RemoveAsync(delivery, CancellationToken.None);
                break;
            default:
                metrics.Record(delivery, WebhookMetrics.Failed);
                await AfterFailureAsync(delivery, answer);
                break;
        }

        return answer;
    }

    /// <summary>Gives a delivery up.</summary>
    public Task GiveUpAsync(WebhookDelivery delivery, string reason)
    {
        metrics.Record(delivery, WebhookMetrics.GivenUp);
        LogGivenUp(delivery.Endpoint, delivery.Event, delivery.Id, delivery.Task?.ToString() ?? "", reason);
        return outbox.RemoveAsync(delivery, CancellationToken.None);
    }

    private Task AfterFailureAsync(WebhookDelivery delivery, WebhookAnswer answer) =>
        WebhookBackoff.Next(delivery, clock.Now, answer.RetryAfter, clock.Chance()) is { } next
            ? outbox.PostponeAsync(delivery, next, CancellationToken.None)
            : GiveUpAsync(delivery, answer.Reason);

    private async Task<string?> PayloadAsync(WebhookDelivery delivery, CancellationToken cancellation)
    {
        var id = delivery.Task!.Value;
        if (_looks.TryGetValue(id, out var look) && clock.Now < look.Next)
        {
            return null;
        }

        var task = await tasks.FindAsync(id, cancellation);
        if (task?.Status.IsTerminal() is false)
        {
            LookAgain(id, look.Wait);
            return null;
        }

        _looks.TryRemove(id, out _);
        if (task is null || !notices.Subscriptions.Wants(delivery.Endpoint, delivery.Event, task))
        {
            // The task is no longer kept, or another owner ended it otherwise, or the endpoint's settings changed.
            await outbox.RemoveAsync(delivery, cancellation);
            return null;
        }

        return WebhookMessages.OfTask(delivery.Event, notices.Instance, task);
    }

    private void LookAgain(TaskId id, TimeSpan waited)
    {
        if (_looks.Count > MaxLooks)
        {
            _looks.Clear();
        }

        var wait = waited == TimeSpan.Zero ? ShortestLook : waited * 2 < LongestLook ? waited * 2 : LongestLook;
        _looks[id] = (wait, clock.Now + wait);
    }

    [LoggerMessage(14, LogLevel.Warning, "Webhook endpoint {Endpoint} answered 410 to {Event} {Id}, which is not sent to it again")]
    private partial void LogGone(string endpoint, string @event, string id);

    [LoggerMessage(15, LogLevel.Error, "Webhook endpoint {Endpoint} did not accept {Event} {Id} of task `{TaskId}` for 24 hours, and it is given up: {Reason}")]
    private partial void LogGivenUp(string endpoint, string @event, string id, string taskId, string reason);
}

/// <summary>Time and chance for deliveries. Safe for concurrent use.</summary>
internal sealed class WebhookClock(TimeProvider time, Random random)
{
    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public double Chance()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
