using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using PolicySync.AzureTables.States;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;

namespace PolicySync.AzureTables.Records;

/// <summary>Lists states as Orleans' provider stores them, and states that are set aside (docs/storage.md).</summary>
internal sealed class AzureTableRecords(TableStorage storage, IOptions<ClusterOptions> cluster) : IStoredRecords
{
    /// <summary>Most bytes of states in one slice, unless the first is larger.</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Partitions of names that one call searches: few rows have a state that is set aside.</summary>
    private const int MaxPartitions = 16;

    private readonly Table _states = storage.Table(AzureTableStorageOptions.DEFAULT_TABLE_NAME);
    private readonly Table _names = storage.Table(storage.Options.TablePrefix + AzureTableObjectNames.TableName);

    public async Task<StoredSlice<StoredState>> ListStatesAsync(string prefix, string? after, int count, CancellationToken cancellation)
    {
        var service = ResourceRows.PartitionsOf(cluster.Value.ServiceId);
        string first = service + (after ?? prefix), end = service + prefix[..^1] + (char)(prefix[^1] + 1);
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey lt {end} and RowKey eq {ResourceRows.Resource}")
            : TableClient.CreateQueryFilter($"PartitionKey gt {first} and PartitionKey lt {end} and RowKey eq {ResourceRows.Resource}");
        var (states, bytes) = (new List<StoredState>(), 0);
        await foreach (var row in _states.QueryAsync(filter, Math.Min(count, 1_000), columns: null, cancellation))
        {
            if (Chunks.Read(row, ResourceRows.Data) is not { } data)
            {
                continue; // cleared
            }

            if (states.Count == count || (states.Count > 0 && bytes + data.Length > MaxBytes))
            {
                return new(states, states[^1].Key);
            }

            bytes += data.Length;
            states.Add(new StoredState(row.PartitionKey[service.Length..], Encoding.UTF8.GetString(data)));
        }

        return new(states, null);
    }

    public async Task<StoredSlice<ObjectName>> ListParkedAsync(string? after, int count, CancellationToken cancellation)
    {
        var names = new List<ObjectName>();
        var begin = after is null ? 0 : Convert.ToInt32(after[..AzureTableObjectNames.PartitionLength], 16);
        for (var number = begin; number <= byte.MaxValue; number++)
        {
            var partition = number.ToString("x2", System.Globalization.CultureInfo.InvariantCulture);
            if (number == begin + MaxPartitions)
            {
                return new(names, partition);
            }

            var from = number == begin && after is not null ? after : partition;
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {from}") + $" and {AzureTableObjectNames.ParkedSize} ge 0";
            await foreach (var row in _names.QueryAsync(filter, Math.Min(count, 100), columns: null, cancellation))
            {
                if (AzureTableObjectNames.Read(row) is { } name)
                {
                    names.Add(name);
                }

                if (names.Count == count)
                {
                    return new(names, row.RowKey);
                }
            }
        }

        return new(names, null);
    }
}
