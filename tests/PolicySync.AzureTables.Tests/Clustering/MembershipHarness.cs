using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime;
using PolicySync.AzureTables.Clustering;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Clustering;

/// <summary>A membership table of a test's own; each call of <see cref="Open"/> is a silo process of its own.</summary>
internal sealed class MembershipHarness(AzuriteFixture azurite) : IDisposable
{
    public const string Cluster = "blue";

    private static readonly DateTime Start = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    private readonly Account _account = new(azurite);

    public string TableName => _account.Prefix + "Silos";

    public TableClient Raw => _account.Raw(TableName);

    public static ClusterOptions ClusterOptions(string cluster = Cluster) => new() { ClusterId = cluster, ServiceId = "svc" };

    public async Task<AzureTableMembershipTable> StartAsync(string cluster = Cluster, string? connectionString = null)
    {
        var table = Open(cluster, connectionString);
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        return table;
    }

    public AzureTableMembershipTable Open(string cluster = Cluster, string? connectionString = null) => new(
        _account.Storage(WithConnection(connectionString)),
        Microsoft.Extensions.Options.Options.Create(ClusterOptions(cluster)),
        Microsoft.Extensions.Options.Options.Create(new AzureTableClusteringOptions { TableName = TableName }),
        NullLogger<AzureTableMembershipTable>.Instance);

    public AzureTableGatewayListProvider Gateways() => new(
        _account.Storage(),
        Microsoft.Extensions.Options.Options.Create(ClusterOptions()),
        Microsoft.Extensions.Options.Options.Create(new AzureTableClusteringOptions { TableName = TableName }),
        Microsoft.Extensions.Options.Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(7) }));

    /// <summary>A silo with every member set.</summary>
    public static MembershipEntry Silo(int port, SiloStatus status = SiloStatus.Active, int generation = 7) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, generation),
        HostName = "host",
        Status = status,
        ProxyPort = 30_000,
        RoleName = "role",
        SiloName = $"silo-{port}",
        UpdateZone = 1,
        FaultZone = 2,
        StartTime = Start,
        IAmAliveTime = Start.AddSeconds(30),
    };

    public static async Task<bool> AddAsync(AzureTableMembershipTable table, MembershipEntry silo) =>
        await table.InsertRow(silo, (await table.ReadAll()).Version.Next());

    public TableEntity Row(string key) => Raw.GetEntity<TableEntity>(Cluster, key);

    public void Dispose() => _account.Dispose();

    private AzureTablesOptions WithConnection(string? connectionString)
    {
        var options = _account.Options();
        options.ConnectionString = connectionString ?? options.ConnectionString;
        return options;
    }
}
