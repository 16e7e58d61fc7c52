using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

/// <summary>Tags on objects and columns.</summary>
public class TagTests
{
    private const string Root = "/entity-tag-assignments";
    private const string Customers = $"{Root}/tables/main.sales.customers/tags";

    [Theory]
    [InlineData("catalogs", "main")]
    [InlineData("schemas", "main.sales")]
    [InlineData("tables", "main.sales.customers")]
    [InlineData("tables", "MAIN.Sales.revenue_by_region")] // a view
    [InlineData("columns", "main.sales.customers.email")]
    [InlineData("volumes", "main.sales.landing")]
    public async Task A_tag_is_assigned_read_changed_and_taken_away(string type, string name)
    {
        await using var emulator = await Emulator.StartAsync();
        var tags = $"{Root}/{type}/{name}/tags";
        if (type == "volumes")
        {
            await emulator.AdminAsync("PUT", $"/securables/volume/{name}", "{}");
        }

        var created = await emulator.SendAsync(
            "POST", Root, $$"""{"entity_type":"{{type}}","entity_name":"{{name}}","tag_key":"pii","tag_value":"email"}""");
        Assert.Equal((200, "email"), (created.Status, (string?)created.Json["tag_value"]));

        Assert.Equal("pii=email", Lines((await emulator.GetAsync(tags)).Json));
        Assert.Equal(200, (await emulator.PatchAsync($"{tags}/pii?update_mask=tag_value", """{"tag_value":"phone"}""")).Status);
        var one = await emulator.GetAsync($"{tags}/pii");
        Assert.Equal(
            (type, name, "pii", "phone", Emulator.PolicySyncApplication),
            ((string?)one.Json["entity_type"], (string?)one.Json["entity_name"], (string?)one.Json["tag_key"], (string?)one.Json["tag_value"], (string?)one.Json["updated_by"]));
        Assert.Equal(200, (await emulator.SendAsync("DELETE", $"{tags}/pii")).Status);
        Assert.Equal("{}", (await emulator.GetAsync(tags)).Text);
    }

    [Fact]
    public async Task A_key_with_a_slash_is_one_segment()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.SendAsync("POST", Root, """{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"a/b c%2F","tag_value":""}""");

        var one = await emulator.GetAsync($"{Customers}/a%2Fb%20c%252F");

        Assert.Equal((200, "a/b c%2F", null), (one.Status, (string?)one.Json["tag_key"], (string?)one.Json["tag_value"]));
        Assert.Equal(200, (await emulator.SendAsync("DELETE", $"{Customers}/a%2Fb%20c%252F")).Status);
    }

    [Fact]
    public async Task Lists_come_in_pages_also_with_empty_ones_between()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"listPageSize":2,"emptyPages":true,"alwaysPage":true}""");
        for (var n = 0; n < 5; n++)
        {
            await emulator.SendAsync("POST", Root, $$"""{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"k{{n}}","tag_value":"v"}""");
        }

        var found = new List<string>();
        var pages = 0;
        string? token = null;
        do
        {
            var page = (await emulator.GetAsync($"{Customers}?max_results=0{(token is null ? "" : $"&page_token={token}")}")).Json;
            found.Add(Lines(page));
            token = (string?)page["next_page_token"];
            pages++;
        }
        while (token is not null);

        Assert.Equal("k0=v k1=v k2=v k3=v k4=v", string.Join(' ', found.Where(line => line.Length > 0)));
        Assert.Equal(6, pages);
    }

    [Theory]
    [InlineData("GET", "tables/main.sales.nowhere/tags", 404, "TABLE_DOES_NOT_EXIST")]
    [InlineData("GET", "tables/nowhere.sales.t/tags", 404, "CATALOG_DOES_NOT_EXIST")]
    [InlineData("GET", "columns/main.sales.customers.nowhere/tags", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("GET", "columns/main.sales.customers/tags", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "functions/main.sales.f/tags", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "table/main.sales.customers/tags", 400, "INVALID_PARAMETER_VALUE")]
    [InlineData("GET", "tables/main.sales.customers/tags/none", 404, "RESOURCE_DOES_NOT_EXIST")]
    [InlineData("DELETE", "tables/main.sales.customers/tags/none", 404, "RESOURCE_DOES_NOT_EXIST")]
    public async Task A_tag_request_about_something_missing_or_wrong_is_refused(string method, string path, int status, string code)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync(method, $"{Root}/{path}");

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_second_assignment_and_a_change_without_a_mask_are_refused()
    {
        await using var emulator = await Emulator.StartAsync();
        const string body = """{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"pii"}""";
        Assert.Equal(200, (await emulator.SendAsync("POST", Root, body)).Status);

        Assert.Equal((400, "RESOURCE_ALREADY_EXISTS"), await RefusalAsync(emulator.SendAsync("POST", Root, body)));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), await RefusalAsync(emulator.PatchAsync($"{Customers}/pii", """{"tag_value":"x"}""")));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), await RefusalAsync(emulator.SendAsync("POST", Root, body.Replace("pii", "", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Who_may_not_see_the_object_reads_no_tags_and_who_may_not_apply_them_changes_none()
    {
        await using var emulator = await Emulator.StartAsync();
        const string body = """{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"pii"}""";
        await emulator.AdminAsync("PUT", "/permissions/catalog/main", """{"grants":[{"principal":"ana.analyst@example.com","privileges":["USE_CATALOG"]}]}""");
        await emulator.AdminAsync("PUT", "/permissions/schema/main.sales", """{"grants":[{"principal":"ana.analyst@example.com","privileges":["USE_SCHEMA"]}]}""");
        await emulator.AdminAsync("PUT", "/permissions/table/main.sales.customers", """{"grants":[]}""");
        Assert.Equal(403, (await emulator.GetAsync(Customers, Emulator.Analyst)).Status);

        await emulator.AdminAsync("PUT", "/permissions/table/main.sales.customers", """{"grants":[{"principal":"ana.analyst@example.com","privileges":["SELECT"]}]}""");
        Assert.Equal(200, (await emulator.GetAsync(Customers, Emulator.Analyst)).Status);
        Assert.Equal((403, "PERMISSION_DENIED"), await RefusalAsync(emulator.SendAsync("POST", Root, body, Emulator.Analyst)));

        await emulator.AdminAsync("PUT", "/permissions/table/main.sales.customers", """{"grants":[{"principal":"ana.analyst@example.com","privileges":["APPLY_TAG"]}]}""");
        Assert.Equal(200, (await emulator.SendAsync("POST", Root, body, Emulator.Analyst)).Status);
    }

    [Fact]
    public async Task Tags_are_part_of_the_state_and_go_with_their_object()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.SendAsync("POST", Root, """{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"domain","tag_value":"crm"}""");
        await emulator.SendAsync("POST", Root, """{"entity_type":"columns","entity_name":"main.sales.customers.Email","tag_key":"pii"}""");
        var state = await emulator.AdminAsync("GET", "/state");

        await emulator.AdminAsync("PUT", "/state", state.ToJsonString());

        Assert.Equal("domain=crm", Lines((await emulator.GetAsync(Customers)).Json));
        Assert.Equal("pii=", Lines((await emulator.GetAsync($"{Root}/columns/main.sales.customers.email/tags")).Json));
        await emulator.AdminAsync("PUT", "/securables/table/main.sales.customers", """{"recreate":true}""");
        Assert.Equal("{}", (await emulator.GetAsync(Customers)).Text);
    }

    private static async Task<(int Status, string? Code)> RefusalAsync(Task<Answer> call) => await call is var answer ? (answer.Status, answer.Code) : default;

    private static string Lines(JsonNode page) => string.Join(
        ' ', (page["tag_assignments"]?.AsArray() ?? []).Select(tag => $"{tag!["tag_key"]}={tag["tag_value"]}"));
}
