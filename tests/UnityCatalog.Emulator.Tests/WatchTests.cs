using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

/// <summary>Watches: what somebody reads at every moment, also between two calls that nobody asks between.</summary>
public class WatchTests
{
    private const string Ana = "ana.analyst@example.com";
    private const string Ben = "ben.analyst@example.com";

    [Fact]
    public async Task A_moment_that_lasts_only_from_one_call_to_the_next_is_kept_with_the_call_that_began_it()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/watches/w", $$"""{"table":"main.people.t","principals":["{{Ana}}","{{Ben}}"]}""");

        await GrantAsync(emulator, Ana, "add");
        await RunAsync(emulator, "CREATE FUNCTION main.people.f() RETURNS boolean RETURN FALSE");
        await RunAsync(emulator, "ALTER TABLE main.people.t SET ROW FILTER main.people.f ON ()");
        await GrantAsync(emulator, Ana, "remove");

        var readings = await ReadingsAsync(emulator, "w");
        Assert.Equal([$"{Ana} refused", $"{Ben} refused", $"{Ana} secret", $"{Ana} ", $"{Ana} refused"], readings.Select(Show));
        Assert.Equal(0, (int)readings[0]!["after"]!);
        Assert.StartsWith("PATCH /api/2.1/unity-catalog/permissions/table/main.people.t", (string?)readings[2]!["call"]);
        Assert.Contains("SET ROW FILTER", (string?)readings[3]!["call"]);
        Assert.True((int)readings[4]!["after"]! > (int)readings[3]!["after"]!);
    }

    [Fact]
    public async Task A_poll_that_carries_a_statement_out_is_a_moment_too()
    {
        await using var emulator = await StartAsync();
        await GrantAsync(emulator, Ana, "add");
        await RunAsync(emulator, "CREATE FUNCTION main.people.f() RETURNS boolean RETURN FALSE");
        await emulator.AdminAsync("PUT", "/settings", """{"statementPolls":1}""");
        await emulator.AdminAsync("PUT", "/watches/w", $$"""{"table":"main.people.t","principals":["{{Ana}}"]}""");

        var submitted = await SubmitAsync(emulator, "ALTER TABLE main.people.t SET ROW FILTER main.people.f ON ()");
        Assert.Single(await ReadingsAsync(emulator, "w"));
        await emulator.GetAsync($"/api/2.0/sql/statements/{submitted["statement_id"]}", Emulator.Admin);

        Assert.Equal([$"{Ana} secret", $"{Ana} "], (await ReadingsAsync(emulator, "w")).Select(Show));
    }

    [Fact]
    public async Task Watches_are_listed_and_end_when_they_are_taken_away_or_the_state_is_replaced()
    {
        await using var emulator = await StartAsync();
        foreach (var id in (string[])["a", "b", "c"])
        {
            await emulator.AdminAsync("PUT", $"/watches/{id}", $$"""{"table":"main.people.t","principals":["{{Ana}}"]}""");
        }

        await emulator.AdminAsync("DELETE", "/watches/a");
        Assert.Equal(["b", "c"], await IdsAsync(emulator));
        Assert.Equal(404, (await emulator.SendAsync("GET", "/_emulator/watches/a", token: null)).Status);
        await emulator.AdminAsync("DELETE", "/watches");
        Assert.Empty(await IdsAsync(emulator));
        await emulator.AdminAsync("PUT", "/watches/d", $$"""{"table":"main.people.t","principals":["{{Ana}}"]}""");
        await emulator.AdminAsync("POST", "/state/reset");
        Assert.Empty(await IdsAsync(emulator));
    }

    [Fact]
    public async Task A_fault_can_be_for_the_requests_of_several_methods_that_hold_a_text()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("POST", "/faults", """{"id":"f","method":"POST, PATCH","contains":"main.people","status":503,"skip":1}""");

        Assert.Equal(200, (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Status);
        Assert.Equal(200, (await GrantAsync(emulator, Ana, "add")).Status); // skipped, and counted
        Assert.Equal(503, (await PostAsync(emulator, "ALTER TABLE main.people.t DROP ROW FILTER")).Status);
        Assert.Equal(200, (await PostAsync(emulator, "ALTER TABLE main.sales.customers DROP ROW FILTER")).Status);
        Assert.Equal(503, (await GrantAsync(emulator, Ana, "remove")).Status);
        Assert.Equal(3, (int)(await emulator.AdminAsync("GET", "/faults/f"))["matched"]!);
    }

    private static async Task<Emulator> StartAsync()
    {
        var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """
            {"columns":[{"name":"v","type":"string"}],"rows":[["secret"]],"owner":"mia.metastore@example.com"}
            """);
        await emulator.AdminAsync("PUT", "/permissions/schema/main.people", """{"grants":[{"principal":"account users","privileges":["USE_SCHEMA"]}]}""");
        await emulator.AdminAsync("PUT", "/permissions/catalog/main", """{"grants":[{"principal":"account users","privileges":["USE_CATALOG"]}]}""");
        await emulator.AdminAsync("PUT", "/securables/catalog/main", """{"owner":"mia.metastore@example.com"}""");
        await emulator.AdminAsync("PUT", "/securables/schema/main.people", """{"owner":"mia.metastore@example.com"}""");
        return emulator;
    }

    private static async Task<JsonArray> ReadingsAsync(Emulator emulator, string id) =>
        (await emulator.AdminAsync("GET", $"/watches/{id}"))["readings"]!.AsArray();

    private static async Task<IEnumerable<string?>> IdsAsync(Emulator emulator) =>
        (await emulator.AdminAsync("GET", "/watches"))["watches"]!.AsArray().Select(watch => (string?)watch!["id"]);

    private static string Show(JsonNode? reading) => $"{reading!["principal"]} " + ((bool)reading["answer"]!["allowed"]!
        ? string.Join(',', reading["answer"]!["rows"]!.AsArray().Select(row => (string?)row![0])) : "refused");

    private static Task<Answer> GrantAsync(Emulator emulator, string who, string does) => emulator.PatchAsync(
        "/permissions/table/main.people.t", $$"""{"changes":[{"principal":"{{who}}","{{does}}":["SELECT"]}]}""", Emulator.Admin);

    private static async Task RunAsync(Emulator emulator, string statement) =>
        Assert.Equal("SUCCEEDED", (string?)(await SubmitAsync(emulator, statement))["status"]!["state"]);

    private static async Task<JsonNode> SubmitAsync(Emulator emulator, string statement) => (await PostAsync(emulator, statement)).Json;

    private static Task<Answer> PostAsync(Emulator emulator, string statement) => emulator.SendAsync(
        "POST", "/api/2.0/sql/statements",
        new JsonObject { ["statement"] = statement, ["warehouse_id"] = "emulator-warehouse" }.ToJsonString(), Emulator.Admin);
}
