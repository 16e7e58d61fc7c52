using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.States;

/// <summary>Orleans' own grain storage, whose reads by grains that are activated together are one query.</summary>
internal sealed class BatchedGrainStorage(IGrainStorage inner, StateBatches batches, IGrainStorageSerializer serializer) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (await batches.FindAsync(stateName, grainId) is { } row && Chunks.Read(row, ResourceRows.Data) is { } data)
        {
            (grainState.State, grainState.RecordExists, grainState.ETag) = (serializer.Deserialize<T>(new BinaryData(data)), true, row.ETag.ToString());
            return;
        }

        await inner.ReadStateAsync(stateName, grainId, grainState);
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.WriteStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}
