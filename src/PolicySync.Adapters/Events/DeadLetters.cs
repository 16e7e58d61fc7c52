using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using PolicySync.Core.Events;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Keeps events that make no task, one blob each: <c>INSTANCE/HUB/PARTITION/SEQUENCE NUMBER.json</c>. An event that is repeated overwrites its
/// blob. Nothing deletes them.
/// </summary>
internal sealed class DeadLetters(BlobContainerClient container, string instance)
{
    /// <summary>Makes the container if it is missing.</summary>
    public Task PrepareAsync(CancellationToken cancellation) => container.CreateIfNotExistsAsync(cancellationToken: cancellation);

    /// <summary>Stores an event. Failures of the storage are let out.</summary>
    public Task StoreAsync(HubEvent sent, string reason, IReadOnlyList<EventFault> faults, CancellationToken cancellation) =>
        container.GetBlobClient(NameOf(sent)).UploadAsync(
            new BinaryData(Write(sent, reason, faults)),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } },
            cancellation);

    internal static byte[] Write(HubEvent sent, string reason, IReadOnlyList<EventFault> faults)
    {
        var isText = Utf8.IsValid(sent.Body.Span);
        return JsonSerializer.SerializeToUtf8Bytes(
            new DeadLetter(
                sent.Position.Hub, sent.Position.Partition, sent.Position.SequenceNumber, sent.Position.EnqueuedTime, reason, faults,
                isText ? Encoding.UTF8.GetString(sent.Body.Span) : null, isText ? null : Convert.ToBase64String(sent.Body.Span)),
            DeadLetterJson.Relaxed.DeadLetter);
    }

    private string NameOf(HubEvent sent) => string.Create(
        CultureInfo.InvariantCulture, $"{instance}/{sent.Position.Hub}/{sent.Position.Partition}/{sent.Position.SequenceNumber:D20}.json");
}

/// <summary>A dead letter.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Partition">The partition.</param>
/// <param name="SequenceNumber">The number in the partition.</param>
/// <param name="EnqueuedTime">When the hub took it.</param>
/// <param name="Reason">Why it made no task.</param>
/// <param name="Faults">What is wrong with it.</param>
/// <param name="Body">Its text; null when it is not UTF-8.</param>
/// <param name="BodyBase64">Its bytes when it is not UTF-8.</param>
internal sealed record DeadLetter(
    string Hub, string Partition, long SequenceNumber, DateTimeOffset EnqueuedTime, string Reason, IReadOnlyList<EventFault> Faults,
    string? Body, string? BodyBase64);

[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJson : JsonSerializerContext
{
    /// <summary>Writes text as it is, as the blob is not shown as HTML.</summary>
    public static DeadLetterJson Relaxed { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true,
    });
}
