using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.AzureTables.Tests.Recorded;

namespace PolicySync.AzureTables.Tests.Clustering;

public interface IPlaceGrain : IGrainWithStringKey
{
    Task<string> SiloAsync();
}

public sealed class PlaceGrain : Grain, IPlaceGrain
{
    public Task<string> SiloAsync() => Task.FromResult(RuntimeIdentity);
}

/// <summary>Silos and clients that find each other through the membership table alone.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ClusterOfTablesTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private const string ClusterId = "blue"; // of the recorded rows

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Account _account = new(azurite);
    private readonly List<IHost> _hosts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts.AsEnumerable().Reverse())
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Silos_find_each_other_and_clients_find_the_silos_that_are_left()
    {
        var first = await StartSiloAsync();
        await StartSiloAsync();
        var client = (await StartClientAsync()).Services.GetRequiredService<IClusterClient>();
        Assert.Equal(["Active", "Active"], Silos().Select(silo => silo.GetString("Status")));
        var silos = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => client.GetGrain<IPlaceGrain>($"{n}").SiloAsync()));
        Assert.Equal(2, silos.Distinct().Count());

        await first.StopAsync();

        Assert.Equal(["Active", "Dead"], Silos().Select(silo => silo.GetString("Status")).Order(StringComparer.Ordinal));
        silos = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => RepeatAsync(client.GetGrain<IPlaceGrain>($"{n}").SiloAsync)));
        Assert.Single(silos.Distinct());
    }

    [Fact]
    public async Task The_members_that_an_earlier_build_recorded_are_joined_and_the_one_that_is_gone_is_declared_dead()
    {
        await Table.CreateAsync();
        foreach (var (_, row) in RecordedRows.Read("rows-1.json").Where(recorded => recorded.Table == "Silos"))
        {
            await Table.AddEntityAsync(row);
        }

        await StartSiloAsync();
        var client = (await StartClientAsync()).Services.GetRequiredService<IClusterClient>();

        Assert.NotEmpty(await RepeatAsync(client.GetGrain<IPlaceGrain>("a").SiloAsync)); // not lost on the gateway that is gone
        var statuses = await RepeatUntilAsync(
            () => Silos().Select(silo => (silo.GetString("SiloName") == "silo-11111", silo.GetString("Status"))).ToHashSet(),
            found => found.Contains((true, "Dead")));
        Assert.Equal([(true, "Dead"), (false, "Active")], statuses);
    }

    [Fact]
    public async Task Rows_of_members_are_as_described()
    {
        await StartSiloAsync();

        var silo = Assert.Single(Silos());
        LayoutPage.AssertDescribes("Membership", silo, "in silos");
        Assert.Equal($"{silo["Address"]}-{silo["Port"]}-{silo["Generation"]}", silo.RowKey);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} GMT$", silo.GetString("IAmAliveTime"));
        var others = Rows().Where(row => !row.ContainsKey("Address")).ToList();
        Assert.Equal(["!Start", "VersionRow", "~End"], others.Select(row => row.RowKey));
        Assert.Single(others.Select(row => row.GetString("MembershipVersion")).Distinct());
        Assert.All(others, row => LayoutPage.AssertDescribes("Membership", row, "in VersionRow and fences"));
    }

    // A call on its way to a silo that stops may be refused. Callers repeat it, as the service does.
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await call().WaitAsync(patience.Token);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
            }
        }
    }

    private static async Task<T> RepeatUntilAsync<T>(Func<T> look, Func<T, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (look() is var seen && (holds(seen) || patience.IsCancellationRequested))
            {
                return seen;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), default(CancellationToken));
        }
    }

    private TableClient Table => _account.Raw(_account.Prefix + "Silos");

    private List<TableEntity> Rows() => [.. Table.Query<TableEntity>(row => row.PartitionKey == ClusterId)];

    private IEnumerable<TableEntity> Silos() => Rows().Where(row => row.ContainsKey("Address"));

    private Task<IHost> StartSiloAsync() => StartAsync(builder => builder.UseOrleans(silo =>
    {
        AddAccount(silo.Services);
        silo.UseAzureTableClustering(_account.Prefix + "Silos");
        silo.ConfigureEndpoints(IPAddress.Loopback, FreePort.Next(), FreePort.Next());
        silo.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (TimeSpan.FromSeconds(1), 2));
    }));

    private Task<IHost> StartClientAsync() => StartAsync(builder => builder.UseOrleansClient(client =>
    {
        AddAccount(client.Services);
        client.UseAzureTableClustering(_account.Prefix + "Silos");
    }));

    private void AddAccount(IServiceCollection services)
    {
        services.AddAzureTables().Configure(options => options.ConnectionString = _account.ConnectionString);
        services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (ClusterId, "svc"));
    }

    private async Task<IHost> StartAsync(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }
}
