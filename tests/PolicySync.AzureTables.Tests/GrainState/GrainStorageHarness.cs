using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.States;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.GrainState;

/// <summary>The state that the tests store.</summary>
public sealed class Stock
{
    public string Name { get; set; } = "";

    public int Count { get; set; }

    public List<string> Tags { get; set; } = [];
}

/// <summary>A state as a grain holds it. It starts as null, so a storage that fails to fill it is noticed.</summary>
internal sealed class StockState : IGrainState<Stock>
{
    [AllowNull]
    public Stock State { get; set; }

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}

/// <summary>The grain storage as a silo registers it, without the silo: on a table of its own, for service <c>svc</c>.</summary>
internal sealed class GrainStorageHarness : IDisposable
{
    public const string StateName = "stock";

    private readonly IHost _host;
    private readonly IGrainStorage _storage;

    private GrainStorageHarness(IHost host, IGrainStorage storage, Azure.Data.Tables.TableClient raw) =>
        (_host, _storage, Raw) = (host, storage, raw);

    /// <summary>The table, read without the storage.</summary>
    public Azure.Data.Tables.TableClient Raw { get; }

    public static async Task<GrainStorageHarness> StartAsync(AzuriteFixture azurite)
    {
        using var account = new Account(azurite);
        return await StartAsync(account.ConnectionString, account.Prefix + "State");
    }

    public static async Task<GrainStorageHarness> StartAsync(string connectionString, string table)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.Configure<ClusterOptions>(options => options.ServiceId = "svc");
            silo.Services.AddAzureTables().Configure(options => options.ConnectionString = connectionString);
            silo.AddTableGrainStorage("tables", table);
        });
        var host = builder.Build();
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>("tables");
        using var life = new StartOfLife();
        await life.RunAsync((ILifecycleParticipant<ISiloLifecycle>)host.Services.GetRequiredKeyedService<IGrainStorage>(
            AzureTablesOrleansExtensions.RowsOf("tables")));
        return new GrainStorageHarness(host, storage, new Azure.Data.Tables.TableClient(connectionString, table));
    }

    public StateBatches Batches => _host.Services.GetRequiredService<StateBatches>();

    public async Task<StockState> ReadAsync(GrainId grain, string stateName = StateName)
    {
        var state = new StockState();
        await _storage.ReadStateAsync(stateName, grain, state);
        return state;
    }

    public async Task<StockState> WriteAsync(GrainId grain, int count, string stateName = StateName)
    {
        var state = await ReadAsync(grain, stateName);
        state.State = new Stock { Name = "bolt", Count = count, Tags = ["new"] };
        await WriteAsync(grain, state, stateName);
        return state;
    }

    public Task WriteAsync(GrainId grain, StockState state, string stateName = StateName) =>
        _storage.WriteStateAsync(stateName, grain, state);

    public Task ClearAsync(GrainId grain, StockState state, string stateName = StateName) => _storage.ClearStateAsync(stateName, grain, state);

    public void Dispose() => _host.Dispose();

    /// <summary>Runs what a participant does when a silo starts.</summary>
    private sealed class StartOfLife : ISiloLifecycle, IDisposable
    {
        private readonly List<ILifecycleObserver> _observers = [];

        public int HighestCompletedStage => ServiceLifecycleStage.First;

        public int LowestStoppedStage => ServiceLifecycleStage.Last;

        public async Task RunAsync(ILifecycleParticipant<ISiloLifecycle> participant)
        {
            participant.Participate(this);
            foreach (var observer in _observers)
            {
                await observer.OnStart(CancellationToken.None);
            }
        }

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            _observers.Add(observer);
            return this;
        }

        public void Dispose()
        {
            // A subscription of a silo that never stops.
        }
    }
}
