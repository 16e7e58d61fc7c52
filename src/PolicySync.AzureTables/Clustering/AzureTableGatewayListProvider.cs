using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.Clustering;

/// <summary>The silos that clients may connect to: the active ones of the membership table that have a gateway port.</summary>
internal sealed class AzureTableGatewayListProvider(
    TableStorage storage,
    IOptions<ClusterOptions> cluster,
    IOptions<AzureTableClusteringOptions> options,
    IOptions<GatewayOptions> gateways) : IGatewayListProvider
{
    private readonly Table _table = storage.ClusterTable(options.Value.TableName);

    public TimeSpan MaxStaleness { get; } = gateways.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) => _table.EnsureAsync(cancellationToken);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {cluster.Value.ClusterId} and Status eq {nameof(SiloStatus.Active)} and ProxyPort ne {"0"}");
        var found = new List<Uri>();
        await foreach (var row in _table.QueryAsync(filter, pageSize: 1000, columns: null, cancellationToken))
        {
            // The fences are active too, and have neither port nor address.
            if (VersionRows.IsSilo(row) && row.ContainsKey(SiloRow.ProxyPort))
            {
                found.Add(SiloRow.AddressOf(row, SiloRow.ProxyPort).ToGatewayUri());
            }
        }

        return found;
    }
}
