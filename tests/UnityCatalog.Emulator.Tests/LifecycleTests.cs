namespace UnityCatalog.Emulator.Tests;

public class LifecycleTests
{
    [Fact]
    public async Task The_creator_owns_what_they_create_and_a_new_catalog_has_an_information_schema()
    {
        await using var emulator = await Emulator.StartAsync();

        var catalog = await emulator.SendAsync("POST", "/catalogs", """{"name":"Fresh"}""", Emulator.Admin);
        var schema = await emulator.SendAsync("POST", "/schemas", """{"name":"s","catalog_name":"fresh"}""", Emulator.Admin);
        var table = await emulator.SendAsync(
            "POST", "/tables", """{"name":"t","catalog_name":"fresh","schema_name":"s","table_type":"EXTERNAL"}""", Emulator.Admin);

        Assert.Equal(("fresh", "mia.metastore@example.com"), ((string?)catalog.Json["name"], (string?)catalog.Json["owner"]));
        Assert.Equal(200, schema.Status);
        Assert.Equal("fresh.s.t", (string?)table.Json["full_name"]);
        var schemas = await emulator.GetAsync("/schemas?catalog_name=fresh", Emulator.Admin);
        Assert.Equal(["information_schema", "s"], schemas.Json["schemas"]!.AsArray().Select(s => (string?)s!["name"]));
    }

    [Fact]
    public async Task MANAGE_does_not_let_its_holder_create()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync("POST", "/schemas", """{"name":"s","catalog_name":"main"}""");

        Assert.Equal((403, "User does not have CREATE SCHEMA on Catalog 'main'."), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("a\\u0001")]
    public async Task An_object_with_a_forbidden_name_is_refused(string name)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync(
            "POST", "/schemas", $$"""{"name":"{{name}}","catalog_name":"main"}""", Emulator.Admin);

        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (answer.Status, answer.Code));
        Assert.Contains("is not a valid name", answer.Message);
    }

    [Fact]
    public async Task A_name_may_have_255_characters_and_not_one_more()
    {
        await using var emulator = await Emulator.StartAsync();

        var longest = await emulator.SendAsync("POST", "/catalogs", $$"""{"name":"{{new string('a', 255)}}"}""", Emulator.Admin);
        var tooLong = await emulator.SendAsync("POST", "/catalogs", $$"""{"name":"{{new string('a', 256)}}"}""", Emulator.Admin);

        Assert.Equal((200, 400), (longest.Status, tooLong.Status));
    }

    [Fact]
    public async Task Creating_what_exists_is_a_400()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync("POST", "/catalogs", """{"name":"MAIN"}""", Emulator.Admin);

        Assert.Equal((400, "CATALOG_ALREADY_EXISTS"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_container_goes_only_when_empty_or_by_force()
    {
        await using var emulator = await Emulator.StartAsync();

        var refused = await emulator.SendAsync("DELETE", "/schemas/main.sales", token: Emulator.Admin);
        var forced = await emulator.SendAsync("DELETE", "/schemas/main.sales?force=true", token: Emulator.Admin);

        Assert.Equal((400, "SCHEMA_NOT_EMPTY"), (refused.Status, refused.Code));
        Assert.Equal(200, forced.Status);
        Assert.Equal("SCHEMA_DOES_NOT_EXIST", (await emulator.GetAsync("/tables/main.sales.customers")).Code);
    }

    [Fact]
    public async Task A_recreated_table_has_a_new_id_a_later_created_at_and_no_grants()
    {
        await using var emulator = await Emulator.StartAsync();
        var former = await emulator.GetAsync("/tables/main.sales.customers");

        await emulator.AdminAsync("PUT", "/securables/table/main.sales.customers", """{"recreate":true}""");

        var present = await emulator.GetAsync("/tables/main.sales.customers");
        Assert.NotEqual((string?)former.Json["table_id"], (string?)present.Json["table_id"]);
        Assert.True((long)present.Json["created_at"]! > (long)former.Json["created_at"]!);
        Assert.Equal("", await emulator.GrantsAsync("table/main.sales.customers"));
    }

    [Fact]
    public async Task A_table_recreated_after_the_state_was_read_back_still_gets_an_id_of_its_own()
    {
        await using var emulator = await Emulator.StartAsync();
        var former = await emulator.GetAsync("/catalogs/main", Emulator.Admin);
        var state = await emulator.AdminAsync("GET", "/state");
        await emulator.AdminAsync("PUT", "/state", state.ToJsonString());

        var table = await emulator.AdminAsync("PUT", "/securables/table/main.sales.customers", """{"recreate":true}""");

        Assert.DoesNotContain((string)table["id"]!, state.ToJsonString());
        Assert.Equal(former.Text, (await emulator.GetAsync("/catalogs/main", Emulator.Admin)).Text);
    }

    [Fact]
    public async Task A_rename_keeps_id_and_grants()
    {
        await using var emulator = await Emulator.StartAsync();
        var former = await emulator.GetAsync("/schemas/main.sales");

        await emulator.PatchAsync("/schemas/main.sales", """{"new_name":"Revenue"}""", Emulator.Admin);

        var present = await emulator.GetAsync("/schemas/main.revenue");
        Assert.Equal((string?)former.Json["schema_id"], (string?)present.Json["schema_id"]);
        Assert.Contains("cara.analyst:SELECT", await emulator.GrantsAsync("table/main.revenue.customers"));
    }

    [Fact]
    public async Task A_new_owner_must_be_somebody()
    {
        await using var emulator = await Emulator.StartAsync();

        var unknown = await emulator.PatchAsync("/tables/main.sales.customers", """{"owner":"nobody"}""");
        var known = await emulator.PatchAsync("/tables/main.sales.customers", """{"owner":"Cara.Analyst@Example.com"}""");

        Assert.Equal((404, "PRINCIPAL_DOES_NOT_EXIST"), (unknown.Status, unknown.Code));
        Assert.Equal("cara.analyst@example.com", (string?)known.Json["owner"]);
    }
}
