using Azure.Data.Tables;

namespace PolicySync.Cluster.Tests;

/// <summary>One Azurite for all tests, which run one after the other. Each has its own emulator, policies and cluster.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "cluster";
}

/// <summary>
/// Starts the processes of a test and stops them. The workspace has two schemas of tables; the published policies grant SELECT
/// on them to one group or to two.
/// </summary>
[Collection(ClusterCollection.Name)]
public abstract class ClusterTest(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int Schemas = 2;
    private const int TablesPerSchema = 10;

    private readonly List<ServiceCluster> _clusters = [];

    private protected Emulator Emulator { get; private set; } = null!;

    private protected PolicyFolder Policies { get; } = new();

    private protected static IReadOnlyList<string> Tables { get; } =
        [.. Enumerable.Range(0, Schemas * TablesPerSchema).Select(n => $"load.schema_{n / TablesPerSchema:0000}.table_{n % TablesPerSchema:00000}")];

    private protected string ConnectionString => azurite.ConnectionString;

    public async Task InitializeAsync()
    {
        Emulator = await Emulator.StartAsync();
        await Emulator.GenerateAsync("load", Schemas, TablesPerSchema);
        Publish(both: false);
    }

    public async Task DisposeAsync()
    {
        foreach (var cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }

        await Emulator.DisposeAsync();
        Policies.Dispose();
    }

    private protected AzuriteFixture Azurite => azurite;

    private protected Task<ServiceCluster> StartAsync(int silos, int gateways, params (string Key, string Value)[] settings) =>
        StartOnAsync(ConnectionString, silos, gateways, homes: null, settings);

    private protected async Task<ServiceCluster> StartOnAsync(
        string connectionString, int silos, int gateways, IReadOnlyList<MemberHome>? homes, params (string Key, string Value)[] settings)
    {
        var cluster = await ServiceCluster.StartAsync(Emulator, Policies, connectionString, silos, gateways, homes, settings);
        _clusters.Add(cluster);
        return cluster;
    }

    private protected void Publish(bool both) =>
        Policies.Clear().Allow("read", "load.*.*", "select", both ? "@analysts @finance-team" : "@analysts").Publish();

    /// <summary>Asserts what must hold after every failure: grants are the desired ones, no writes overlapped, no task row is open.</summary>
    private protected async Task AssertInOrderAsync(ServiceCluster cluster, bool both)
    {
        foreach (var table in Tables)
        {
            var holders = (await Emulator.GrantsAsync("table", table)).Where(grant => grant.Value.Contains("SELECT")).Select(grant => grant.Key);
            string[] wanted = both ? ["analysts", "finance-team"] : ["analysts"];
            Assert.Equal(wanted, holders.Order(StringComparer.Ordinal));
        }

        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        var open = new TableClient(ConnectionString, cluster.TablePrefix + "OpenTasks");
        await Wait.ForAsync(
            async () => await open.QueryAsync<TableEntity>(maxPerPage: 100, select: ["RowKey"]).CountAsync(), left => left == 0,
            TimeSpan.FromSeconds(60), left => $"{left} task rows are still open");
    }
}
