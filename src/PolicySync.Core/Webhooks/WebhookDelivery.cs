using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Webhooks;

/// <summary>An event that one endpoint has not accepted yet. Immutable; a change is a new value.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The name of the endpoint.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The event: one of <see cref="WebhookEvents"/>.</summary>
    public required string Event { get; init; }

    /// <summary>The <c>webhook-id</c>, the same in every attempt and for every endpoint.</summary>
    public required string Id { get; init; }

    /// <summary>The lane, which decides the silo that sends it: that of the task, or one chosen by the id.</summary>
    public required int Lane { get; init; }

    /// <summary>The task that the event is about. Its stored end is what is sent, so nothing is sent before that is stored.</summary>
    public TaskId? Task { get; init; }

    /// <summary>The body of an event that is not about a task.</summary>
    public string? Payload { get; init; }

    /// <summary>When the event occurred.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the next attempt may be made.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int Attempts { get; init; }

    /// <summary>When the first attempt was made; null before it.</summary>
    public DateTimeOffset? FirstAttempt { get; init; }

    /// <summary>Which of its stored states this is, in the outbox's own form.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// Makes the delivery of an event about a task. It is the same whichever process makes it, except for <see cref="Since"/>: the due time
    /// is that of the task's id, which is always past.
    /// </summary>
    public static WebhookDelivery Of(string endpoint, string happened, string instance, SyncTask task, DateTimeOffset since) => new()
    {
        Endpoint = endpoint,
        Event = happened,
        Id = IdOf(instance, happened, task.Id.ToString()),
        Lane = task.Id.Lane,
        Task = task.Id,
        Since = since,
        Due = task.Id.Time,
    };

    /// <summary>
    /// The <c>webhook-id</c> of an event: the same for the same event of an instance, and different for any other. Standard Webhooks
    /// forbids full stops in it.
    /// </summary>
    public static string IdOf(string instance, string happened, string subject)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{instance}\n{happened}\n{subject}"));
        return "msg_" + Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
