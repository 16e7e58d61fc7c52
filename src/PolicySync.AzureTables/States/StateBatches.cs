using System.Collections.Concurrent;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.States;

namespace PolicySync.AzureTables.States;

/// <summary>
/// Reads the states of securables that are activated at the same time: one query over the range of their partitions in place of a read
/// each (docs/adr/0040).
/// </summary>
/// <param name="table">The table of the grain storage.</param>
/// <param name="storage">The account.</param>
/// <param name="cluster">Names the service.</param>
/// <param name="time">The clock.</param>
internal sealed class StateBatches(string table, TableStorage storage, IOptions<ClusterOptions> cluster, TimeProvider time) : IStateBatches
{
    /// <summary>Longest that an activation waits for the others of its batch.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Table _states = storage.Table(table);
    private readonly ConcurrentDictionary<string, StateBatch> _announced = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IStateBatch Announce(IReadOnlyCollection<string> keys)
    {
        var batch = new StateBatch(keys, ReadAsync, (ended, key) => _announced.TryRemove(new(key, ended)), time, Patience);
        foreach (var key in keys)
        {
            if (!_announced.TryAdd(key, batch))
            {
                batch.Settle(key); // another batch has it
            }
        }

        return batch;
    }

    /// <summary>The row of a grain that is being activated in a batch; null when the grain has to read it by itself.</summary>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="grain">The grain.</param>
    public async Task<TableEntity?> FindAsync(string stateName, GrainId grain)
    {
        if (stateName != ResourceRows.Resource || _announced.IsEmpty || grain.Key.ToString() is not { } key || !_announced.TryGetValue(key, out var batch)
            || grain.Type.ToString() != ResourceRows.Resource)
        {
            return null;
        }

        return (await batch.JoinAsync(key)).GetValueOrDefault(PartitionOf(key));
    }

    // Only what is found counts: a grain without a row here reads by itself, whatever the order of the storage. Rows of other securables
    // may lie between those of the batch. More of them than of the batch are not worth reading.
    private async Task<IReadOnlyDictionary<string, TableEntity>> ReadAsync(IReadOnlyCollection<string> keys)
    {
        var partitions = keys.Select(PartitionOf).Order(StringComparer.Ordinal).ToList();
        var (first, last, most) = (partitions[0], partitions[^1], 2 * keys.Count);
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey le {last} and RowKey eq {ResourceRows.Resource}");
        var rows = new Dictionary<string, TableEntity>(StringComparer.Ordinal);
        await foreach (var row in _states.QueryAsync(filter, most, columns: null, CancellationToken.None))
        {
            rows[row.PartitionKey] = row;
            if (rows.Count == most)
            {
                break;
            }
        }

        return rows;
    }

    private string PartitionOf(string key) => ResourceRows.PartitionsOf(cluster.Value.ServiceId) + key;
}
