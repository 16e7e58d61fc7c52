using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

public sealed class Listing : IDisposable
{
    private static readonly Securable Schema = Securable.Schema("main", "sales");

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(SecurableType.Catalog, "", "catalogs?max_results=0")]
    [InlineData(SecurableType.Schema, "main", "schemas?catalog_name=main&max_results=0")]
    [InlineData(SecurableType.Table, "main.sales", "tables?catalog_name=main&schema_name=sales&max_results=0&omit_columns=true&omit_properties=true")]
    [InlineData(SecurableType.Function, "main.sales", "functions?catalog_name=main&schema_name=sales&max_results=0")]
    [InlineData(SecurableType.Volume, "main.sales", "volumes?catalog_name=main&schema_name=sales&max_results=0")]
    [InlineData(SecurableType.Model, "main.sales", "models?catalog_name=main&schema_name=sales&max_results=0")]
    public async Task Each_type_is_listed_by_the_servers_own_page_size(SecurableType type, string parent, string request)
    {
        _world.Workspace.ThenJson("{}");

        var page = await _world.Catalog.ListAsync(type, Parent(parent), null, _world.Meter, default);

        Assert.Equal($"GET /api/2.1/unity-catalog/{request}", _world.Workspace.Only.Line);
        Assert.Empty(page.Items);
        Assert.Null(page.NextPageToken);
    }

    [Fact]
    public async Task Names_and_tokens_in_a_query_are_escaped()
    {
        _world.Workspace.ThenJson("{}");

        await _world.Catalog.ListAsync(SecurableType.Schema, Securable.Catalog("50%&größe=1#+"), "a+b/c=&d", _world.Meter, default);

        Assert.Equal("50%&größe=1#+", _world.Workspace.Only.Query("catalog_name"));
        Assert.Equal("a+b/c=&d", _world.Workspace.Only.Query("page_token"));
        Assert.DoesNotContain('+', _world.Workspace.Only.PathAndQuery);
    }

    [Theory]
    [InlineData(SecurableType.Catalog, "", "catalogs", "a")]
    [InlineData(SecurableType.Schema, "main", "schemas", "main.a")]
    [InlineData(SecurableType.Table, "main.sales", "tables", "main.sales.a")]
    [InlineData(SecurableType.Function, "main.sales", "functions", "main.sales.a")]
    [InlineData(SecurableType.Volume, "main.sales", "volumes", "main.sales.a")]
    [InlineData(SecurableType.Model, "main.sales", "registered_models", "main.sales.a")]
    public async Task Items_stand_in_the_array_of_their_type(SecurableType type, string parent, string array, string fullName)
    {
        _world.Workspace.ThenJson($$"""{"{{array}}":[{"name":"A","owner":"ann@x.io","created_at":5}],"next_page_token":"t2"}""");

        var page = await _world.Catalog.ListAsync(type, Parent(parent), null, _world.Meter, default);

        var item = Assert.Single(page.Items);
        Assert.Equal(Securable.Parse(type, fullName), item.Securable);
        Assert.Equal("5", item.Identity);
        Assert.Equal("t2", page.NextPageToken);
    }

    [Fact]
    public async Task An_empty_page_may_have_a_next_one()
    {
        _world.Workspace.ThenJson("""{"next_page_token":"t2"}""");

        var page = await _world.Catalog.ListAsync(SecurableType.Table, Schema, "t1", _world.Meter, default);

        Assert.Equal(("t2", 0), (page.NextPageToken, page.Items.Count));
        Assert.Equal("t1", _world.Workspace.Only.Query("page_token"));
    }

    [Theory]
    [InlineData("""{"tables":[],"next_page_token":""}""")]
    [InlineData("""{"tables":null,"next_page_token":null}""")]
    [InlineData("{}")]
    public async Task An_absent_token_ends_a_listing(string answer)
    {
        _world.Workspace.ThenJson(answer);

        Assert.Null((await _world.Catalog.ListAsync(SecurableType.Table, Schema, "t1", _world.Meter, default)).NextPageToken);
    }

    [Fact]
    public async Task A_token_that_repeats_itself_ends_in_an_error_instead_of_a_loop()
    {
        _world.Workspace.ThenJson("""{"next_page_token":"t1"}""");

        var failure = await World.FailureOf(() => _world.Catalog.ListAsync(SecurableType.Table, Schema, "t1", _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task An_object_whose_name_none_can_have_does_not_end_the_walk()
    {
        _world.Workspace.ThenJson("""{"tables":[{"name":"a b"},{"full_name":"main.sales.good"}]}""");

        var page = await _world.Catalog.ListAsync(SecurableType.Table, Schema, null, _world.Meter, default);

        Assert.Equal(["main.sales.good"], page.Items.Select(item => item.Securable.FullName));
        Assert.Contains(_world.Log.Lines, line => line.Contains("Skipped Table", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"tables":[{"name":"good"},null]}""")]
    [InlineData("""{"tables":[{"name":"good"},{}]}""")]
    [InlineData("""{"tables":[{"table_id":"7"}]}""")]
    [InlineData("""{"tables":[{"name":"t","full_name":"main.other.t"}]}""")] // of another schema
    [InlineData("""{"schemas":[{"name":"sales"}],"error_code":"X"}""")]
    [InlineData("""{"name":"sales","full_name":"main.sales"}""")] // an answer to another question
    [InlineData("""{"error_code":"INTERNAL_ERROR","message":"with status 200"}""")]
    public async Task A_list_of_something_else_or_with_something_nameless_is_no_answer(string answer)
    {
        _world.Workspace.ThenJson(answer);

        var failure = await World.FailureOf(() => _world.Catalog.ListAsync(SecurableType.Table, Schema, null, _world.Meter, default));

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
    }

    private static Securable? Parent(string name) => name.Split('.') switch
    {
        [""] => null,
        [var catalog] => Securable.Catalog(catalog),
        [var catalog, var schema] => Securable.Schema(catalog, schema),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
