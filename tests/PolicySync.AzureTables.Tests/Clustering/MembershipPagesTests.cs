using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.Clustering;

/// <summary>A cluster with more rows than one page holds: what is read is what stood there at one moment, or nothing.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MembershipPagesTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private const int Count = 1_005;

    private readonly MembershipHarness _harness = new(azurite);
    private int _secondPages;

    public async Task InitializeAsync()
    {
        var table = await _harness.StartAsync();
        await MembershipHarness.AddAsync(table, MembershipHarness.Silo(1)); // in the first page
        var model = _harness.Row("127.0.0.1-1-7");
        foreach (var lot in Enumerable.Range(1_000, Count).Chunk(100))
        {
            await _harness.Raw.SubmitTransactionAsync(lot.Select(port => new TableTransactionAction(
                TableTransactionActionType.Add,
                new TableEntity(model) { RowKey = $"127.0.0.2-{port}-7", ["Address"] = "127.0.0.2", ["Port"] = $"{port}", ["Status"] = "Dead" })));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task All_rows_are_read()
    {
        var data = await _harness.Open().ReadAll();
        Assert.Equal(Count + 1, data.Members.Count);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task A_read_that_a_write_crossed_is_made_again()
    {
        using var proxy = Crossed(times: 1);
        var data = await _harness.Open(connectionString: proxy.ConnectionStringLike(azurite.ConnectionString)).ReadAll();

        Assert.Equal(2, _secondPages);
        Assert.Equal(2, data.Version.Version);
        Assert.Equal("crossed 1", data.TryGet(MembershipHarness.Silo(1).SiloAddress)!.Item1.HostName);
    }

    [Fact]
    public async Task A_table_that_never_stands_still_is_a_STORAGE_CONFLICT()
    {
        using var proxy = Crossed(times: int.MaxValue);
        var table = _harness.Open(connectionString: proxy.ConnectionStringLike(azurite.ConnectionString));

        var fault = await Assert.ThrowsAsync<SyncException>(() => table.ReadAll());
        Assert.Equal(SyncErrorCode.StorageConflict, fault.Code);
        Assert.Equal(5, _secondPages);
    }

    [Fact]
    public async Task A_table_that_has_no_fences_yet_is_read_too()
    {
        await _harness.Raw.DeleteEntityAsync(MembershipHarness.Cluster, "!Start");
        await _harness.Raw.DeleteEntityAsync(MembershipHarness.Cluster, "~End");

        Assert.Equal(Count + 1, (await _harness.Open().ReadAll()).Members.Count);
    }

    // Writes to a row of the first page while the second one is asked for.
    private FaultyProxy Crossed(int times) => new(azurite.TablePort, line =>
    {
        if (line.Contains("NextRowKey", StringComparison.Ordinal) && ++_secondPages <= times)
        {
            var (table, silo) = (_harness.Open(), MembershipHarness.Silo(1));
            silo.HostName = $"crossed {_secondPages}";
            var before = table.ReadRow(silo.SiloAddress).GetAwaiter().GetResult();
            Assert.True(table.UpdateRow(silo, before.Members[0].Item2, before.Version.Next()).GetAwaiter().GetResult());
        }

        return false;
    });
}
