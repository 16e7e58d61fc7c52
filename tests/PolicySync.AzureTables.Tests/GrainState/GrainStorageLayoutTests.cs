using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.GrainState;

/// <summary>The rows as docs/storage.md, «Grain state», says, read without the grain storage.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class GrainStorageLayoutTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const int ColumnBytes = 64 * 1024;
    private GrainStorageHarness _storage = null!;

    public async Task InitializeAsync() => _storage = await GrainStorageHarness.StartAsync(azurite);

    public Task DisposeAsync()
    {
        _storage.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_state_is_one_row_with_camel_case_JSON_in_one_binary_column()
    {
        await _storage.WriteAsync(GrainId.Create("stock", "k1"), 7);

        var row = await SingleRowAsync();
        Assert.Equal("svc_stock_k1", row.PartitionKey);
        Assert.Equal("stock", row.RowKey);
        Assert.Equal(["Data"], DataColumns(row));
        Assert.Equal("""{"name":"bolt","count":7,"tags":["new"]}""", Encoding.UTF8.GetString(row.GetBinary("Data")));
    }

    [Fact]
    public async Task The_four_characters_that_keys_may_not_have_become_underscores()
    {
        await _storage.WriteAsync(GrainId.Create("stock", @"a/b\c#d?e"), 1, "st/ock");

        var row = await SingleRowAsync();
        Assert.Equal("svc_stock_a_b_c_d_e", row.PartitionKey);
        Assert.Equal("st_ock", row.RowKey);
    }

    [Fact]
    public async Task A_large_state_fills_columns_of_64_KiB_one_after_the_other()
    {
        var grain = GrainId.Create("stock", "large");
        await WriteNameAsync(grain, new string('x', (2 * ColumnBytes) + 1000));

        var row = await SingleRowAsync();
        Assert.Equal(["Data", "Data1", "Data2"], DataColumns(row));
        Assert.Equal(ColumnBytes, row.GetBinary("Data").Length);
        Assert.Equal(ColumnBytes, row.GetBinary("Data1").Length);
        Assert.Equal((2 * ColumnBytes) + 1000, (await _storage.ReadAsync(grain)).State.Name.Length);
    }

    [Fact]
    public async Task A_state_that_shrinks_leaves_no_column_behind()
    {
        var grain = GrainId.Create("stock", "shrinks");
        var state = await WriteNameAsync(grain, new string('x', 3 * ColumnBytes));
        state.State.Name = "short";
        await _storage.WriteAsync(grain, state);

        Assert.Equal(["Data"], DataColumns(await SingleRowAsync()));
    }

    [Fact]
    public async Task Fifteen_columns_are_the_most()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { name = "", count = 0, tags = Array.Empty<string>() }).Length;
        var fits = GrainId.Create("stock", "fits");
        await WriteNameAsync(fits, new string('x', (15 * ColumnBytes) - json));
        Assert.Equal(15, DataColumns(await SingleRowAsync()).Count);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => WriteNameAsync(GrainId.Create("stock", "over"), new string('x', (15 * ColumnBytes) - json + 1)));
    }

    [Fact]
    public async Task Rows_with_text_columns_are_read_too()
    {
        await _storage.WriteAsync(GrainId.Create("stock", "makes-the-table"), 1);
        await _storage.Raw.AddEntityAsync(new TableEntity("svc_stock_text", "stock")
        {
            ["StringData"] = """{"name":"bo""",
            ["StringData1"] = """lt","count":9}""",
        });

        Assert.Equal(9, (await _storage.ReadAsync(GrainId.Create("stock", "text"))).State.Count);
    }

    [Fact]
    public async Task A_state_that_was_never_written_is_read_as_a_new_one()
    {
        var state = await _storage.ReadAsync(GrainId.Create("stock", "new"));

        Assert.Equal((false, null, ""), (state.RecordExists, state.ETag, state.State.Name));
    }

    [Fact]
    public async Task A_cleared_state_is_a_row_without_data_is_read_as_a_new_one_and_can_be_written_again()
    {
        var grain = GrainId.Create("stock", "cleared");
        await _storage.ClearAsync(grain, await _storage.WriteAsync(grain, 1));

        Assert.Empty(DataColumns(await SingleRowAsync()));
        var state = await _storage.ReadAsync(grain);
        Assert.Equal((false, 0), (state.RecordExists, state.State.Count));
        state.State.Count = 2;
        await _storage.WriteAsync(grain, state);
        Assert.Equal(2, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task Of_two_first_writes_the_second_is_refused()
    {
        var grain = GrainId.Create("stock", "contested");
        var late = await _storage.ReadAsync(grain);
        await _storage.WriteAsync(grain, 1);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => _storage.WriteAsync(grain, late));
        Assert.Equal(1, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task A_write_over_a_newer_state_is_refused()
    {
        var grain = GrainId.Create("stock", "contested");
        await _storage.WriteAsync(grain, 1);
        var stale = await _storage.ReadAsync(grain);
        await _storage.WriteAsync(grain, 2);
        stale.State.Count = 3;

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => _storage.WriteAsync(grain, stale));
        Assert.Equal(2, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public void Stored_JSON_of_another_build_is_read()
    {
        var serializer = AzureTablesOrleansExtensions.GrainStateSerializer;
        var newer = new BinaryData("""{"name":"bolt","colour":"red"}""");
        var read = serializer.Deserialize<Stock>(newer)!;
        Assert.Equal(("bolt", 0), (read.Name, read.Count));
        Assert.Empty(read.Tags);
        Assert.Equal("""{"name":"Größe №7","count":0,"tags":[]}""", serializer.Serialize(new Stock { Name = "Größe №7" }).ToString());
    }

    private async Task<StockState> WriteNameAsync(GrainId grain, string name)
    {
        var state = await _storage.ReadAsync(grain);
        state.State = new Stock { Name = name };
        await _storage.WriteAsync(grain, state);
        return state;
    }

    private async Task<TableEntity> SingleRowAsync()
    {
        var rows = new List<TableEntity>();
        await foreach (var row in _storage.Raw.QueryAsync<TableEntity>())
        {
            rows.Add(row);
        }

        return Assert.Single(rows);
    }

    private static List<string> DataColumns(TableEntity row) =>
        [.. row.Keys.Where(key => key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Order(StringComparer.Ordinal)];
}
