using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

/// <summary>The lists of tables that the watch for new objects reads.</summary>
public sealed class ListingTables : IDisposable
{
    private static readonly Securable Main = Securable.Catalog("main");
    private static readonly Securable Sales = Securable.Schema("main", "sales");

    private readonly World _world = new();

    private ITableListing Tables => _world.Get<ITableListing>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Names_are_listed_by_the_servers_own_page_size_and_without_capabilities()
    {
        _world.Workspace.ThenJson("""{"tables":[{"full_name":"Main.sales.A","table_type":"MANAGED"},{"full_name":"main.hr.v"}],"next_page_token":"t2"}""");

        var page = await Tables.ListNamesAsync(Main, "t1", _world.Meter, default);

        Assert.Equal("GET /api/2.1/unity-catalog/table-summaries?catalog_name=main&max_results=0&page_token=t1", _world.Workspace.Only.Line);
        Assert.Equal([("main.sales.a", "MANAGED"), ("main.hr.v", null)], page.Items.Select(item => (item.Table.FullName, item.Kind)));
        Assert.Equal("t2", page.NextPageToken);
        Assert.Equal(1, _world.Meter.Calls);
    }

    [Fact]
    public async Task Tables_are_listed_without_columns_with_their_id_and_times()
    {
        _world.Workspace.ThenJson("""
            {"tables":[{"name":"a","table_id":"id-1","created_at":1000,"updated_at":"2000","table_type":"VIEW"},{"name":"b","created_at":3000},{"name":"c"}]}
            """);

        var page = await Tables.ListTablesAsync(Sales, null, _world.Meter, default);

        Assert.Equal("GET /api/2.1/unity-catalog/tables?catalog_name=main&schema_name=sales&max_results=0&omit_columns=true&omit_properties=true", _world.Workspace.Only.Line);
        Assert.Equal(["id-1", "3000", null], page.Items.Select(item => item.Identity));
        Assert.Equal([1_000L, 3_000L, null], page.Items.Select(item => item.CreatedAt?.ToUnixTimeMilliseconds()));
        Assert.Equal([2_000L, null, null], page.Items.Select(item => item.UpdatedAt?.ToUnixTimeMilliseconds()));
        Assert.Null(page.NextPageToken);
    }

    [Theory]
    [InlineData("""{"tables":[{"full_name":"other.sales.a"}]}""")]
    [InlineData("""{"tables":[{"table_type":"MANAGED"}]}""")]
    [InlineData("""{"tables":[null]}""")]
    [InlineData("""{"schemas":[]}""")]
    [InlineData("""{"tables":[],"next_page_token":"t1"}""")]
    public async Task A_damaged_list_of_names_is_refused(string answer)
    {
        _world.Workspace.ThenJson(answer);

        var failure = await World.FailureOf(() => Tables.ListNamesAsync(Main, "t1", _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task An_empty_list_and_a_name_that_no_table_can_have_are_taken()
    {
        _world.Workspace.ThenJson("{}");
        Assert.Empty((await Tables.ListNamesAsync(Main, null, _world.Meter, default)).Items);

        _world.Workspace.ThenJson("""{"tables":[{"full_name":"main.sales.a b"},{"full_name":"main.a.b.c"},{"full_name":"main.sales.ok"}]}""");
        Assert.Equal(["main.sales.ok"], (await Tables.ListNamesAsync(Main, null, _world.Meter, default)).Items.Select(item => item.Table.FullName));
    }

    [Theory]
    [InlineData(403, "PERMISSION_DENIED")]
    [InlineData(404, "ENDPOINT_NOT_FOUND")]
    public async Task A_workspace_that_refuses_the_list_or_has_none_is_told_alike(int status, string code)
    {
        _world.Workspace.ThenError(status, $$"""{"error_code":"{{code}}","message":"no"}""");

        Assert.Equal(SyncErrorCode.PermissionDenied, (await World.FailureOf(() => Tables.ListNamesAsync(Main, null, _world.Meter, default))).Code);
    }
}
