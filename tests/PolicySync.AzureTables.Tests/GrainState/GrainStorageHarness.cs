using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using PolicySync.AzureTables.GrainState;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.GrainState;

/// <summary>What the behaviours store.</summary>
public sealed class Stock
{
    public string Name { get; set; } = "";

    public int Count { get; set; }

    public List<string> Tags { get; set; } = [];
}

/// <summary>A state in a grain's hands. It begins as null, so that a storage that forgets to fill it is found out.</summary>
internal sealed class StockState : IGrainState<Stock>
{
    [AllowNull]
    public Stock State { get; set; }

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}

/// <summary>A grain storage over a table of its own.</summary>
internal sealed class GrainStorageHarness : IDisposable
{
    public const string StateName = "stock";

    private readonly Account _account;
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public GrainStorageHarness(AzuriteFixture azurite, bool deleteOnClear = false)
    {
        _account = new Account(azurite);
        Options = new AzureTableGrainStorageOptions { TableName = _account.Prefix + "State", DeleteStateOnClear = deleteOnClear };
        Storage = new AzureTableGrainStorage(
            "test",
            Options,
            _account.Storage(),
            Microsoft.Extensions.Options.Options.Create(new ClusterOptions { ServiceId = "svc" }),
            _services.GetRequiredService<IActivatorProvider>());
    }

    public AzureTableGrainStorageOptions Options { get; }

    public AzureTableGrainStorage Storage { get; }

    public Azure.Data.Tables.TableClient Raw => _account.Raw(Options.TableName);

    public static GrainId Grain(string? key = null) => GrainId.Create("stock", key ?? Guid.NewGuid().ToString("N"));

    public async Task<StockState> ReadAsync(GrainId grain, string stateName = StateName)
    {
        var state = new StockState();
        await Storage.ReadStateAsync(stateName, grain, state);
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
        Storage.WriteStateAsync(stateName, grain, state);

    public Task ClearAsync(GrainId grain, StockState state) => Storage.ClearStateAsync(StateName, grain, state);

    public void Dispose()
    {
        _account.Dispose();
        _services.Dispose();
    }
}
