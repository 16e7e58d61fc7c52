using System.Text.Json.Nodes;
using UnityCatalog.Emulator.Hosting;

namespace UnityCatalog.Emulator.Tests;

public class StateTests
{
    [Fact]
    public async Task The_sample_is_what_its_readers_rely_on()
    {
        await using var emulator = await Emulator.StartAsync();
        var state = await emulator.AdminAsync("GET", "/state");

        var leaves = from catalog in state["catalogs"]!.AsArray()
                     from schema in catalog["schemas"]!.AsArray()
                     from family in new[] { "tables", "functions", "volumes", "models" }
                     from leaf in schema![family]?.AsArray() ?? []
                     select leaf;
        Assert.InRange(leaves.Count(), 180, 220);
        Assert.Equal(40, state["users"]!.AsArray().Count);
        Assert.Equal(12, state["groups"]!.AsArray().Count);
        Assert.Equal(2, state["servicePrincipals"]!.AsArray().Count);
        foreach (var path in new[]
        {
            "/tables/main.sales.customers", "/tables/main.sales.revenue_by_region", "/schemas/main.sales",
            "/tables/hr_catalog.employee_data.employees", "/catalogs/analytics",
        })
        {
            Assert.Equal(200, (await emulator.GetAsync(path)).Status);
        }

        foreach (var catalog in new[] { "main", "hr_catalog", "analytics" })
        {
            Assert.Contains(catalog == "hr_catalog" ? "platform-admins:CREATE_SCHEMA,MANAGE" : "platform-admins:MANAGE", await emulator.GrantsAsync($"catalog/{catalog}"));
        }
    }

    [Fact]
    public async Task The_state_read_back_builds_the_same_state()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("POST", "/principals", """{"delete":["analysts"]}""");
        var state = (await emulator.AdminAsync("GET", "/state")).ToJsonString();

        await emulator.AdminAsync("PUT", "/state", state);

        Assert.Equal(state, (await emulator.AdminAsync("GET", "/state")).ToJsonString());
    }

    [Fact]
    public async Task A_reset_brings_back_the_start_and_its_ids()
    {
        await using var emulator = await Emulator.StartAsync();
        var before = (await emulator.AdminAsync("GET", "/state")).ToJsonString();
        await emulator.AdminAsync("DELETE", "/securables/catalog/main");

        await emulator.AdminAsync("POST", "/state/reset");

        Assert.Equal(before, (await emulator.AdminAsync("GET", "/state")).ToJsonString());
    }

    [Fact]
    public async Task A_state_with_only_a_few_members_is_accepted()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.AdminAsync("PUT", "/state", """
            {
              // comments are welcome
              "metastore": {"owner": "boss@example.com"},
              "users": [{"userName": "boss@example.com"}],
              "tokens": [{"token": "t", "principal": "boss@example.com"}],
              "catalogs": [{"name": "C", "schemas": [{"name": "s", "tables": [{"name": "t", "type": "view"}]}]}],
            }
            """);

        var table = (await emulator.GetAsync("/tables/c.s.t", "t")).Json;
        Assert.Equal(("boss@example.com", "VIEW"), ((string?)table["owner"], (string?)table["table_type"]));
        Assert.Equal(401, (await emulator.GetAsync("/catalogs")).Status);
    }

    [Theory]
    [InlineData("""{"catalog":[]}""")]
    [InlineData("""{"users":[{}]}""")]
    [InlineData("""{"groups":[{"displayName":"g","members":["nobody"]}]}""")]
    [InlineData("""{"catalogs":[{"name":"c","grants":[{"principal":"nobody","privileges":["SELECT"]}]}]}""")]
    [InlineData("""{"catalogs":[{"name":"c"},{"name":"C"}]}""")]
    [InlineData("nonsense")]
    public async Task A_faulty_state_is_refused_and_changes_nothing(string state)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.SendAsync("PUT", "/_emulator/state", state, token: null);

        Assert.InRange(answer.Status, 400, 404);
        Assert.Equal(200, (await emulator.GetAsync("/tables/main.sales.customers")).Status);
    }

    [Fact]
    public async Task Objects_are_made_with_their_containers_changed_and_dropped()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.AdminAsync("PUT", "/securables/view/new.area.report",
            """{"definition":"SELECT 1","owner":"analysts","grants":[{"principal":"hr-team","privileges":["SELECT"]}]}""");
        var made = (await emulator.GetAsync("/tables/new.area.report", Emulator.Admin)).Json;
        await emulator.AdminAsync("PUT", "/securables/table/new.area.report", """{"comment":"changed"}""");
        var changed = (await emulator.GetAsync("/tables/new.area.report", Emulator.Admin)).Json;
        await emulator.AdminAsync("DELETE", "/securables/table/new.area.report");

        Assert.Equal(("VIEW", "analysts"), ((string?)made["table_type"], (string?)made["owner"]));
        Assert.Equal((string?)made["table_id"], (string?)changed["table_id"]);
        Assert.Equal(("changed", "SELECT 1"), ((string?)changed["comment"], (string?)changed["view_definition"]));
        Assert.Equal("TABLE_DOES_NOT_EXIST", (await emulator.GetAsync("/tables/new.area.report", Emulator.Admin)).Code);
    }

    [Fact]
    public async Task A_large_catalog_is_made_in_one_call_and_can_be_walked()
    {
        await using var emulator = await Emulator.StartAsync();

        var made = await emulator.AdminAsync(
            "POST", "/generate", """{"catalog":"big","schemas":2,"tablesPerSchema":5000,"owner":"platform-admins"}""");

        Assert.Equal(10_000, (int)made["created"]!);
        await emulator.AdminAsync("PUT", "/settings", """{"listPageSize":1000}""");
        var (seen, token) = (0, (string?)null);
        do
        {
            var page = await emulator.GetAsync($"/tables?catalog_name=big&schema_name=schema_0001&max_results=0&page_token={token}");
            seen += page.Json["tables"]!.AsArray().Count;
            token = (string?)page.Json["next_page_token"];
        }
        while (token is not null);
        Assert.Equal(5000, seen);
    }

    [Fact]
    public async Task A_state_file_is_read_at_start()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new JsonObject
            {
                ["users"] = new JsonArray(new JsonObject { ["userName"] = "u@example.com" }),
                ["tokens"] = new JsonArray(new JsonObject { ["token"] = "t", ["principal"] = "u@example.com" }),
            }.ToJsonString());
            await using var emulator = await Emulator.StartAsync(new EmulatorOptions { StateFile = file });

            Assert.Equal("{}", (await emulator.GetAsync("/catalogs", "t")).Text);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
