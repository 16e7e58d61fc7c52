using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.GrainState;

public interface IStockGrain : IGrainWithStringKey
{
    Task SetAsync(int count);

    Task<int> GetAsync();

    Task LeaveAsync();
}

public sealed class StockGrain([PersistentState("stock", "tables")] IPersistentState<Stock> state) : Grain, IStockGrain
{
    public Task SetAsync(int count)
    {
        state.State.Count = count;
        return state.WriteStateAsync();
    }

    public Task<int> GetAsync() => Task.FromResult(state.State.Count);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

[Collection(AzuriteCollection.Name)]
public sealed class GrainStorageInAClusterTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private readonly Account _account = new(azurite);
    private InProcessTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddAzureTables().Configure(options => options.ConnectionString = _account.ConnectionString);
            silo.AddTableGrainStorage("tables", _account.Prefix + "State");
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_grain_finds_its_state_again_after_it_left_memory()
    {
        var grain = _cluster.Client.GetGrain<IStockGrain>("a");
        await grain.SetAsync(5);
        await grain.LeaveAsync();

        Assert.Equal(5, await grain.GetAsync());
    }

    [Fact]
    public async Task A_grain_whose_state_was_changed_behind_it_is_told_across_the_wire_and_starts_afresh()
    {
        var grain = _cluster.Client.GetGrain<IStockGrain>("b");
        await grain.SetAsync(1);
        var table = _account.Raw(_account.Prefix + "State");
        var row = table.Query<Azure.Data.Tables.TableEntity>(entity => entity.RowKey == "stock")
            .Single(entity => entity.PartitionKey.EndsWith("_b", StringComparison.Ordinal));
        row["Data"] = """{"count":2}"""u8.ToArray();
        await table.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => grain.SetAsync(3));
        Assert.Equal(2, await grain.GetAsync());
    }
}
