using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Tags;

public sealed class ReadingTags : IDisposable
{
    private const string Root = "/api/2.1/unity-catalog/entity-tag-assignments";

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(SecurableType.Catalog, "main", "catalogs/main")]
    [InlineData(SecurableType.Schema, "main.a%b", "schemas/main.a%25b")]
    [InlineData(SecurableType.Volume, "main.sales.v", "volumes/main.sales.v")]
    public async Task Types_are_plural_and_names_are_escaped(SecurableType type, string fullName, string path)
    {
        _world.Workspace.ThenJson("""{"tag_assignments":[{"entity_type":"x","tag_key":"pii","tag_value":"email"},{"tag_key":"gold"}]}""");

        Assert.Equal([$"{fullName.Replace('.', '/')} pii=email", $"{fullName.Replace('.', '/')} gold"], await ReadAsync(Securable.Parse(type, fullName)));

        Assert.Equal($"GET {Root}/{path}/tags", _world.Workspace.Only.Line);
        Assert.Equal(1, _world.Meter.Calls);
    }

    [Theory]
    [InlineData(SecurableType.Function, "main.sales.f")]
    [InlineData(SecurableType.Model, "main.sales.m")]
    [InlineData(SecurableType.ExternalLocation, "lake")]
    public async Task Reading_tags_of_a_securable_that_cannot_have_any_costs_no_call(SecurableType type, string fullName)
    {
        Assert.Empty(await ReadAsync(Securable.Parse(type, fullName)));

        Assert.Empty(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_table_is_asked_for_itself_for_its_columns_and_for_each_of_them()
    {
        _world.Workspace
            .ThenJson("{}")
            .ThenJson("""{"name":"t","columns":[{"name":"id","type_text":"bigint","position":0},{"name":"E-Mail/x.y","position":1}]}""")
            .ThenJson("""{"tag_assignments":[]}""")
            .ThenJson("""{"tag_assignments":[{"tag_key":"pii","tag_value":""}]}""");

        Assert.Equal(["main/sales/t/E-Mail/x.y pii"], await ReadAsync(Securable.Table("main", "sales", "t")));

        Assert.Equal(
            [
                $"GET {Root}/tables/main.sales.t/tags", "GET /api/2.1/unity-catalog/tables/main.sales.t",
                $"GET {Root}/columns/main.sales.t.id/tags", $"GET {Root}/columns/main.sales.t.E-Mail%2Fx.y/tags",
            ],
            _world.Workspace.Seen.Select(request => request.Line));
        Assert.Equal(4, _world.Meter.Calls);
    }

    [Fact]
    public async Task All_pages_are_read_also_behind_an_empty_one()
    {
        _world.Workspace
            .ThenJson("""{"tag_assignments":[{"tag_key":"a"}],"next_page_token":"2"}""").ThenJson("""{"next_page_token":"3"}""").ThenJson("""{"tag_assignments":[{"tag_key":"b"}]}""");

        Assert.Equal(["main a", "main b"], await ReadAsync(Securable.Catalog("main")));
        Assert.Equal([null, "2", "3"], _world.Workspace.Seen.Select(request => request.Query("page_token")));
    }

    [Fact]
    public async Task Pages_that_never_end_are_an_error()
    {
        _world.Workspace.ThenJson("""{"next_page_token":"2"}""").ThenJson("""{"next_page_token":"2"}""");

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => ReadAsync(Securable.Catalog("main")))).Code);
    }

    [Theory]
    [InlineData(404, """{"error_code":"TABLE_DOES_NOT_EXIST","message":"gone"}""", SyncErrorCode.SecurableNotFound)]
    [InlineData(404, """{"error_code":"ENDPOINT_NOT_FOUND","message":"no such api"}""", SyncErrorCode.InvalidPlan)]
    [InlineData(403, """{"error_code":"PERMISSION_DENIED","message":"no"}""", SyncErrorCode.PermissionDenied)]
    public async Task Tags_that_cannot_be_read_are_never_no_tags(int status, string body, SyncErrorCode code)
    {
        _world.Workspace.ThenError(status, body);

        Assert.Equal(code, (await World.FailureOf(() => ReadAsync(Securable.Table("main", "sales", "t")))).Code);
    }

    [Fact]
    public async Task A_success_without_a_body_is_an_error_too()
    {
        _world.Workspace.ThenError(200);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => ReadAsync(Securable.Catalog("main")))).Code);
    }

    [Fact]
    public async Task A_column_that_was_dropped_meanwhile_has_no_tags_and_one_that_may_not_be_read_is_an_error()
    {
        _world.Workspace.ThenJson("{}").ThenJson("""{"name":"t","columns":[{"name":"a"},{"name":"b"}]}""")
            .ThenError(404, """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"gone"}""").ThenJson("""{"tag_assignments":[{"tag_key":"pii"}]}""");
        Assert.Equal(["main/sales/t/b pii"], await ReadAsync(Securable.Table("main", "sales", "t")));

        _world.Workspace.ThenJson("{}").ThenJson("""{"name":"t","columns":[{"name":"a"}]}""").ThenError(403, """{"error_code":"PERMISSION_DENIED","message":"no"}""");
        Assert.Equal(SyncErrorCode.PermissionDenied, (await World.FailureOf(() => ReadAsync(Securable.Table("main", "sales", "t")))).Code);
    }

    [Theory]
    [InlineData("""{"name":"t"}""")]
    [InlineData("""{"name":"t","columns":[]}""")]
    [InlineData("""{"name":"t","columns":[{"name":"a"},{}]}""")]
    [InlineData("""{"name":"t","columns":[{"name":"a","position":0},{"name":"c","position":2}]}""")] // one is left out
    [InlineData("""{"name":"other","columns":[{"name":"a"}]}""")]
    [InlineData("""{"columns":[{"name":"a"}]}""")]
    public async Task Columns_that_are_not_told_are_not_columns_without_tags(string table)
    {
        _world.Workspace.ThenJson("{}").ThenJson(table);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => ReadAsync(Securable.Table("main", "sales", "t")))).Code);
    }

    [Theory]
    [InlineData("""{"tag_assignments":[{"tag_value":"x"}]}""")]
    [InlineData("""{"tag_assignments":[null]}""")]
    [InlineData("""{"tag_assignments":[{"entity_name":"other","tag_key":"pii"}]}""")]
    [InlineData("""{"error_code":"INTERNAL_ERROR","message":"with status 200"}""")]
    public async Task A_tag_without_a_key_or_of_something_else_is_no_answer(string answer)
    {
        _world.Workspace.ThenJson(answer);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(() => ReadAsync(Securable.Catalog("main")))).Code);
    }

    // As `catalog/schema/table/column key=value`.
    private async Task<IEnumerable<string>> ReadAsync(Securable securable) =>
        from resource in await _world.Get<ITagSource>().ReadAsync(securable, _world.Meter, default)
        from tag in resource.Tags
        select $"{string.Join('/', resource.Elements.Values)} {tag.Type}{(tag.Attributes.TryGetValue("value", out var value) ? $"={value}" : "")}";
}
