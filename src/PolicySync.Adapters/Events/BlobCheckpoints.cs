using System.Globalization;
using Azure;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Positions and owners of partitions, in the layout of the official blob store: empty blobs whose metadata has the values. The official
/// processors and KEDA's scaler read them. Failures of the storage are let out.
/// </summary>
internal sealed class BlobCheckpoints(BlobContainerClient container) : CheckpointStore
{
    private const string OwnerId = "ownerid";
    private const string Offset = "offset";
    private const string SequenceNumber = "sequencenumber";
    private const string ClientIdentifier = "clientidentifier";

    /// <summary>Makes the container if it is missing.</summary>
    public Task PrepareAsync(CancellationToken cancellation) => container.CreateIfNotExistsAsync(cancellationToken: cancellation);

    /// <inheritdoc/>
    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, CancellationToken cancellationToken)
    {
        var prefix = Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "ownership");
        var owned = new List<EventProcessorPartitionOwnership>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, cancellationToken))
        {
            owned.Add(new EventProcessorPartitionOwnership
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = blob.Name[prefix.Length..],
                OwnerIdentifier = blob.Metadata.TryGetValue(OwnerId, out var owner) ? owner : "",
                LastModifiedTime = blob.Properties.LastModified!.Value,
                Version = blob.Properties.ETag!.Value.ToString(),
            });
        }

        return owned;
    }

    /// <inheritdoc/>
    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desiredOwnership);
        var claimed = new List<EventProcessorPartitionOwnership>();
        foreach (var desired in desiredOwnership)
        {
            if (await TryClaimAsync(desired, cancellationToken))
            {
                claimed.Add(desired);
            }
        }

        return claimed;
    }

    /// <inheritdoc/>
    public override async Task<EventProcessorCheckpoint> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "checkpoint") + partitionId)
                .GetPropertiesAsync(cancellationToken: cancellationToken);
            return new EventProcessorCheckpoint
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = partitionId,
                LastModified = blob.Value.LastModified,
                StartingPosition = PositionOf(blob.Value.Metadata),
            };
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null!; // the SDK's form of "none"
        }
    }

    /// <inheritdoc/>
    public override async Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId, string clientIdentifier,
        CheckpointPosition startingPosition, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "checkpoint") + partitionId);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Offset] = startingPosition.OffsetString ?? "",
            [SequenceNumber] = startingPosition.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            [ClientIdentifier] = clientIdentifier,
        };
        try
        {
            await blob.SetMetadataAsync(metadata, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            await blob.UploadAsync(BinaryData.Empty, new BlobUploadOptions { Metadata = metadata }, cancellationToken);
        }
    }

    // The claim succeeds only for a process that has read the current version.
    private async Task<bool> TryClaimAsync(EventProcessorPartitionOwnership desired, CancellationToken cancellation)
    {
        var blob = container.GetBlobClient(
            Folder(desired.FullyQualifiedNamespace, desired.EventHubName, desired.ConsumerGroup, "ownership") + desired.PartitionId);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [OwnerId] = desired.OwnerIdentifier };
        try
        {
            if (desired.Version is null)
            {
                var made = await blob.UploadAsync(
                    BinaryData.Empty, new BlobUploadOptions { Metadata = metadata, Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellation);
                (desired.LastModifiedTime, desired.Version) = (made.Value.LastModified, made.Value.ETag.ToString());
            }
            else
            {
                var changed = await blob.SetMetadataAsync(metadata, new BlobRequestConditions { IfMatch = new ETag(desired.Version) }, cancellation);
                (desired.LastModifiedTime, desired.Version) = (changed.Value.LastModified, changed.Value.ETag.ToString());
            }

            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private static EventPosition PositionOf(IDictionary<string, string> metadata) =>
        metadata.TryGetValue(Offset, out var offset) && offset.Length > 0 ? EventPosition.FromOffset(offset, isInclusive: false)
        : metadata.TryGetValue(SequenceNumber, out var number) && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var sequence)
            ? EventPosition.FromSequenceNumber(sequence, isInclusive: false)
            : EventPosition.Earliest; // a damaged position repeats events, which is harmless, and passes over none

    private static string Folder(string host, string hub, string group, string kind) => $"{host}/{hub}/{group}/{kind}/".ToLowerInvariant();
}
