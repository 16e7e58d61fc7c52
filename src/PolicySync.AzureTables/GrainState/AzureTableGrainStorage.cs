using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.GrainState;

/// <summary>
/// Grain states in Azure Table storage, in the layout of the official Azure Table provider (docs/storage.md), so that
/// either reads what the other wrote. Storage that does not answer is a
/// <see cref="Core.Errors.SyncException"/> with <see cref="Core.Errors.SyncErrorCode.Unavailable"/>.
/// </summary>
internal sealed class AzureTableGrainStorage(
    string name,
    AzureTableGrainStorageOptions options,
    TableStorage storage,
    IOptions<ClusterOptions> cluster,
    IActivatorProvider activators) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private const string Binary = "Data";
    private const string Text = "StringData";

    private readonly Table _table = storage.Table(options.TableName);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        OptionFormattingUtilities.Name<AzureTableGrainStorage>(name), options.InitStage, _table.EnsureAsync);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (partition, row) = KeysOf(stateName, grainId);
        var entity = await _table.ReadAsync(partition, row, cancellationToken);
        var data = entity is null ? null : DataOf(entity);

        // A row without data is a cleared state: it keeps its ETag.
        grainState.ETag = entity?.ETag.ToString();
        grainState.RecordExists = data is not null;
        grainState.State = data is null ? NewState<T>() : options.GrainStorageSerializer.Deserialize<T>(data);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (partition, row) = KeysOf(stateName, grainId);
        var entity = new TableEntity(partition, row);
        Chunks.Write(entity, Binary, options.GrainStorageSerializer.Serialize(grainState.State).ToMemory());
        grainState.ETag = await PutAsync(entity, grainId, grainState.ETag, cancellationToken);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(
        string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (partition, row) = KeysOf(stateName, grainId);
        grainState.ETag = options.DeleteStateOnClear
            ? await DeleteAsync(partition, row, grainId, grainState.ETag, cancellationToken)
            : await PutAsync(new TableEntity(partition, row), grainId, grainState.ETag, cancellationToken);
        grainState.RecordExists = false;
        grainState.State = NewState<T>();
    }

    private async Task<string?> PutAsync(TableEntity entity, GrainId grain, string? etag, CancellationToken cancellation)
    {
        try
        {
            var answer = string.IsNullOrEmpty(etag)
                ? await _table.InsertAsync(entity, cancellation)
                : await _table.UpdateAsync(entity, new ETag(etag), TableUpdateMode.Replace, cancellation);
            return answer.Headers.ETag?.ToString();
        }
        catch (RequestFailedException e)
        {
            throw new StaleStateException($"`{grain}`", etag, e);
        }
    }

    private async Task<string?> DeleteAsync(
        string partition, string row, GrainId grain, string? etag, CancellationToken cancellation)
    {
        try
        {
            return string.IsNullOrEmpty(etag) || await _table.DeleteAsync(partition, row, new ETag(etag), cancellation)
                ? null
                : throw new StaleStateException($"`{grain}`", etag, cause: null); // someone else removed it
        }
        catch (RequestFailedException e)
        {
            throw new StaleStateException($"`{grain}`", etag, e);
        }
    }

    private (string Partition, string Row) KeysOf(string stateName, GrainId grain) =>
        (TableKey.Sanitise($"{cluster.Value.ServiceId}_{grain}"), TableKey.Sanitise(stateName));

    private static BinaryData? DataOf(TableEntity entity) =>
        Chunks.Read(entity, Binary) is { } bytes ? new BinaryData(bytes)
        : Chunks.ReadText(entity, Text) is { } text ? new BinaryData(text)
        : null;

    private T NewState<T>() => activators.GetActivator<T>().Create();
}
