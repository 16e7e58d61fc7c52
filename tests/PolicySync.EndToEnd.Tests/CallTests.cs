using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>What a sync and a verification cost the workspace, by the emulator's record.</summary>
public sealed class CallTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const int Schemas = 20;
    private const int Tables = Schemas * 50;
    private const int Securables = 1 + Schemas + Tables;

    // Pages of 100: one of schemas, one of tables per schema, and one each of what a schema has none of.
    private const int Pages = 1 + (Schemas * 4);

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_catalog_of_20_schemas_with_50_tables_costs_no_more_calls_than_its_securables_need()
    {
        await Emulator.GenerateAsync("big", Schemas, Tables / Schemas);
        Policies.Allow("read big", "big.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:MaxConcurrency", "32"));
        await Wait.ForAsync( // the start looks once whether the service has its rights
            () => Task.FromResult(host.Log), log => log.Contains("knows this service as", StringComparison.Ordinal), TimeSpan.FromSeconds(90), log => log!);
        await Emulator.ForgetCallsAsync();

        // All out of sync: a read, a PATCH and a read-back each.
        await host.RunAsync(Payload.Catalog("big"));
        var calls = Calls(await Emulator.CallsAsync());
        Assert.Equal((Securables, 2 * Securables, Pages), (calls.Writes, calls.Reads, calls.Listings));
        Assert.Equal(1, calls.Others); // the catalog's own GET

        // All in sync: one read each.
        await Emulator.ForgetCallsAsync();
        await host.RunAsync(Payload.Catalog("big"));
        calls = Calls(await Emulator.CallsAsync());
        Assert.Equal((0, Securables, Pages, 1), (calls.Writes, calls.Reads, calls.Listings, calls.Others));

        // Verified: the same, and one look at the attribute-based policies of each container.
        await Emulator.ForgetCallsAsync();
        var verified = await host.RunAsync(Payload.As(Payload.Catalog("big"), "VERIFY"));
        calls = Calls(await Emulator.CallsAsync());
        Assert.Equal("SUCCEEDED", (string?)verified["outcome"]);
        Assert.Equal((0, Securables, Pages + 1 + Schemas, 1), (calls.Writes, calls.Reads, calls.Listings, calls.Others));
    }

    [Fact]
    public async Task A_container_on_which_USE_goes_gets_a_second_PATCH_after_its_children_and_nothing_else_does()
    {
        await Emulator.GenerateAsync("small", schemas: 2, tablesPerSchema: 3);
        Policies.Allow("read small", "small.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Catalog("small"));
        Policies.Clear().Allow("read small", "small.*.*", "select", "@finance-team").Publish();
        await Emulator.ForgetCallsAsync();

        await host.RunAsync(Payload.Catalog("small"));

        var writes = await Emulator.CallsAsync("PATCH");
        Assert.Equal([2, 2, 2], writes.GroupBy(call => call.Path).Where(call => !call.Key.Contains("/table/", StringComparison.Ordinal)).Select(calls => calls.Count()));
        Assert.Equal(6 + (3 * 2), writes.Count);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
    }

    [Fact]
    public async Task Drift_is_found_by_VERIFY_named_with_who_did_it_and_repaired_by_one_PATCH()
    {
        await Emulator.GenerateAsync("small", schemas: 1, tablesPerSchema: 3);
        Policies.Allow("read small", "small.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Sync:VerifyTimeout", "00:00:01"));
        await host.RunAsync(Payload.Catalog("small"));
        const string schema = "/api/2.1/unity-catalog/permissions/schema/small.schema_0000";
        await Emulator.CallAsync("dapi-emulator-admin", "PATCH", schema, """{"changes":[{"principal":"analysts","remove":["USE_SCHEMA"]},{"principal":"sales-team","add":["SELECT"]}]}""");
        await Emulator.ForgetCallsAsync();

        // For as long as our own write may not show yet (Sync:VerifyTimeout), what is gone is nobody's doing.
        var (task, external) = await Wait.ForAsync(
            async () =>
            {
                var verified = await host.RunAsync(Payload.As(Payload.Catalog("small"), "VERIFY"));
                return (verified, await ExternalAsync(host, verified));
            },
            verified => verified.Item2.Count == 2, TimeSpan.FromSeconds(30), verified => $"{verified}");

        Assert.Equal(("SUCCESS", "DRIFTED"), ((string?)task["status"], (string?)task["outcome"]));
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
        Assert.Equal(
            ["REVOKE analysts USE_SCHEMA mia.metastore@example.com", "GRANT sales-team SELECT mia.metastore@example.com"], external);

        await host.RunAsync(Payload.Catalog("small"));
        Assert.True(await Emulator.HoldsAsync("schema", "small.schema_0000", "analysts", "USE_SCHEMA"));
        Assert.Single(await Emulator.CallsAsync("PATCH"));
    }

    private static async Task<IReadOnlyList<string>> ExternalAsync(Host host, JsonNode task) =>
        [.. (await host.ResourcesAsync((string)task["taskId"]!)).SelectMany(item => item!["externalChanges"] as JsonArray ?? [])
            .Select(change => $"{change!["action"]} {change["principal"]} {change["privilege"]} {change["by"]}")];

    private static (int Writes, int Reads, int Listings, int Others) Calls(IReadOnlyList<Call> calls)
    {
        Assert.Equal(0, calls.Count(call => call.Status >= 400));
        var catalog = calls.Where(call => call.Path.Contains("unity-catalog", StringComparison.Ordinal)).ToList();
        var writes = catalog.Count(call => call.Method == "PATCH");
        var reads = catalog.Count(call => call.Method == "GET" && call.Path.Contains("/permissions/", StringComparison.Ordinal));
        var listings = catalog.Count(call => call.Method == "GET" && call.Securable is null);
        return (writes, reads, listings, catalog.Count - writes - reads - listings);
    }
}
