using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

public class ListingTests
{
    [Fact]
    public async Task The_catalogs_of_Databricks_stand_among_ours()
    {
        await using var emulator = await Emulator.StartAsync();

        var names = (await emulator.GetAsync("/catalogs")).Json["catalogs"]!.AsArray().Select(c => (string?)c!["name"]);

        Assert.Equal(["analytics", "hive_metastore", "hr_catalog", "main", "samples", "system"], names);
    }

    [Theory]
    [InlineData("/schemas?catalog_name=main", "schemas")]
    [InlineData("/tables?catalog_name=main&schema_name=sales", "tables")]
    [InlineData("/functions?catalog_name=main&schema_name=sales", "functions")]
    [InlineData("/volumes?catalog_name=main&schema_name=sales", "volumes")]
    [InlineData("/models?catalog_name=main&schema_name=sales", "registered_models")]
    [InlineData("/models?x=", "registered_models")]
    [InlineData("/table-summaries?catalog_name=main", "tables")]
    public async Task Pages_put_together_are_the_whole_listing(string path, string array)
    {
        await using var emulator = await Emulator.StartAsync();
        var whole = Names((await emulator.GetAsync(path)).Json, array);

        foreach (var settings in new[] { """{"listPageSize":1}""", """{"listPageSize":3}""", """{"listPageSize":3,"emptyPages":true}""" })
        {
            await emulator.AdminAsync("PUT", "/settings", settings);
            Assert.Equal(whole, await WalkAsync(emulator, $"{path}&max_results=0", array));
        }
    }

    [Fact]
    public async Task An_empty_page_carries_a_token_and_no_array()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"emptyPages":true}""");

        var page = await emulator.GetAsync("/catalogs?max_results=0");

        Assert.Equal(["next_page_token"], page.Json.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Without_max_results_everything_comes_at_once_unless_the_server_always_pages()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"listPageSize":2}""");
        var atOnce = await emulator.GetAsync("/schemas?catalog_name=main");
        await emulator.AdminAsync("PUT", "/settings", """{"listPageSize":2,"alwaysPage":true}""");
        var paged = await emulator.GetAsync("/schemas?catalog_name=main");

        Assert.Null(atOnce.Json["next_page_token"]);
        Assert.Equal(2, paged.Json["schemas"]!.AsArray().Count);
        Assert.NotNull(paged.Json["next_page_token"]);
    }

    [Fact]
    public async Task A_page_token_stays_valid_while_objects_come_and_go()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"listPageSize":2}""");
        var first = await emulator.GetAsync("/schemas?catalog_name=main&max_results=0");
        var last = (string?)first.Json["schemas"]![1]!["full_name"];
        await emulator.AdminAsync("DELETE", $"/securables/schema/{last}");

        var rest = await WalkAsync(
            emulator, "/schemas?catalog_name=main&max_results=0", "schemas", (string?)first.Json["next_page_token"]);

        Assert.Equal("main.information_schema", last);
        Assert.Equal(["main.inventory", "main.marketing", "main.reference", "main.sales", "main.support"], rest);
    }

    [Theory]
    [InlineData("/tables?schema_name=sales", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/tables?catalog_name=main", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/schemas", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/catalogs?max_results=-1", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/catalogs?max_results=many", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/catalogs?max_results=0&page_token=made-up", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("/tables?catalog_name=nope&schema_name=sales", 404, "CATALOG_DOES_NOT_EXIST")]
    [InlineData("/tables?catalog_name=main&schema_name=nope", 404, "SCHEMA_DOES_NOT_EXIST")]
    [InlineData("/schemas?catalog_name=nope", 404, "CATALOG_DOES_NOT_EXIST")]
    public async Task A_listing_that_cannot_be_made_says_why(string path, int status, string code)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync(path);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Table_summaries_are_those_that_match_their_patterns()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/table-summaries?catalog_name=main&schema_name_pattern=s_les&table_name_pattern=CUSTOMER%25");

        Assert.Equal(["main.sales.customers", "main.sales.customers_masked"], Names(answer.Json, "tables"));
    }

    private static async Task<List<string>> WalkAsync(Emulator emulator, string path, string array, string? token = null)
    {
        var found = new List<string>();
        do
        {
            var page = await emulator.GetAsync(token is null ? path : $"{path}&page_token={token}");
            Assert.Equal(200, page.Status);
            found.AddRange(Names(page.Json, array));
            token = (string?)page.Json["next_page_token"];
        }
        while (token is not null);

        return found;
    }

    private static List<string> Names(JsonNode page, string array) =>
        [.. (page[array]?.AsArray() ?? []).Select(item => (string)item!["full_name"]!)];
}
