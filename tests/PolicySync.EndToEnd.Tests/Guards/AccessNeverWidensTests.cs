using System.Text.Json;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Guards;

/// <summary>Row filters and masks against standing grants, schemas and functions of others, and a table that is made anew.</summary>
public sealed class AccessNeverWidensTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Table = "walled.s.t";
    private const string Ana = "ana.analyst@example.com";
    private const string Ben = "ben.analyst@example.com";
    private const string AnasToken = "dapi-emulator-analyst";
    private const string AdminsToken = "dapi-emulator-admin";
    private const string Restricted = "1|EU|Xx-nn";
    private const string Everything = "1|EU|Ab-12 2|US|Cd-34";

    [Theory]
    [InlineData("table", Table)]
    [InlineData("schema", "walled.s")]
    [InlineData("catalog", "walled")]
    public async Task A_guard_stays_as_long_as_somebody_whom_it_restricts_reads_by_a_grant_made_by_hand(string type, string on)
    {
        await MakeAsync();
        await Emulator.SetGrantsAsync(type, on, [.. Standing(type), (Ana, ["SELECT"])]);
        Publish(anaReads: true);
        var host = await StartAsync();
        await SyncAsync(host);
        Assert.Equal(Restricted, await ReadAsync(Ana));
        Publish(anaReads: false);

        var task = await SyncAsync(host);

        Assert.Equal(Restricted, await ReadAsync(Ana));
        Assert.Equal(Everything, await ReadAsync(Ben));
        Assert.Contains($"GUARD_KEPT EXPOSED {Ana} SELECT", await host.GapsAsync(task));
        await Emulator.ForgetCallsAsync();
        await SyncAsync(host);
        Assert.DoesNotContain(await Emulator.CallsAsync("POST"), call => call.Path.EndsWith("/sql/statements", StringComparison.Ordinal));

        await Emulator.SetGrantsAsync(type, on, [.. Standing(type), (Ben, type == "table" ? ["SELECT"] : [])]);
        await SyncAsync(host);
        Assert.Null(await ReadAsync(Ana));
        Assert.DoesNotContain((await Emulator.FunctionsAsync()).All, name => name.StartsWith("walled.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guard_schema_of_somebody_else_and_functions_that_somebody_changed_let_nobody_read_more()
    {
        await MakeAsync();
        await Emulator.SetGrantsAsync("catalog", "walled", [.. Standing("catalog"), (Ana, ["CREATE_SCHEMA"])]);
        await StatementAsync(AnasToken, "CREATE SCHEMA walled.policysync_guards");
        Publish(anaReads: true);
        var host = await StartAsync();

        var task = await SyncAsync(host);
        Assert.Null(await ReadAsync(Ana));
        Assert.Equal(Everything, await ReadAsync(Ben));
        Assert.Contains($"GUARD_UNAVAILABLE WITHHELD {Ana} SELECT", await host.GapsAsync(task));
        Assert.Equal("DRIFTED", await VerifyAsync(host));

        await StatementAsync(AnasToken, "DROP SCHEMA walled.policysync_guards");
        await SyncAsync(host);
        Assert.Equal(Restricted, await ReadAsync(Ana));
        Assert.Equal("SUCCEEDED", await VerifyAsync(host));

        foreach (var function in (await Emulator.FunctionsAsync()).Used.Where(name => name.StartsWith("walled.", StringComparison.Ordinal)))
        {
            await StatementAsync(AdminsToken, function.Contains(".filter_", StringComparison.Ordinal)
                ? $"CREATE OR REPLACE FUNCTION {function}(region string) RETURNS boolean RETURN true"
                : $"CREATE OR REPLACE FUNCTION {function}(ssn string) RETURNS string RETURN ssn");
        }

        Assert.Equal(Everything, await ReadAsync(Ana));
        Assert.Equal("DRIFTED", await VerifyAsync(host));
        await SyncAsync(host);
        Assert.Equal(Restricted, await ReadAsync(Ana));
        Assert.Equal("SUCCEEDED", await VerifyAsync(host));
    }

    [Fact]
    public async Task A_table_that_is_made_anew_between_its_guards_and_the_grant_is_not_read_without_them()
    {
        await MakeAsync();
        Publish(anaReads: true);
        var host = await StartAsync();
        await Emulator.FaultAsync(new { id = "held", method = "PATCH", path = $"*/permissions/table/{Table}", holdUntilReleased = true, times = 1 });
        var task = await host.PostAsync(Payload.Table(Table));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(60), _ => host.LogEnd);
        await Emulator.CallAsync(AdminsToken, "DELETE", $"api/2.1/unity-catalog/tables/{Table}", "{}");
        await MakeAsync();
        await Emulator.ReleaseAsync("held");

        var end = await host.EndOfAsync(task);

        Assert.Equal("SUCCESS", (string?)end["status"]);
        Assert.Equal(Restricted, await ReadAsync(Ana));
        Assert.Equal(Everything, await ReadAsync(Ben));
    }

    private Task<Host> StartAsync() => StartHostAsync(("Workspace:WarehouseId", "emulator-warehouse"), ("Sync:ParentUse", "false"));

    private static (string, string[])[] Standing(string type) =>
        type == "table" ? [] : [("account users", [type == "schema" ? "USE_SCHEMA" : "USE_CATALOG"])];

    private async Task MakeAsync()
    {
        await Emulator.MakeAsync("table", Table, new
        {
            owner = "platform-admins",
            columns = new[] { new { name = "id", type = "bigint" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
            rows = new[] { new[] { "1", "EU", "Ab-12" }, ["2", "US", "Cd-34"] },
        });
        await Emulator.MakeAsync("catalog", "walled", new { owner = "platform-admins" });
        await Emulator.SetGrantsAsync("catalog", "walled", Standing("catalog"));
        await Emulator.SetGrantsAsync("schema", "walled.s", Standing("schema"));
    }

    private void Publish(bool anaReads)
    {
        Policies.Clear().Allow("read", Table, "select", anaReads ? $"{Ana} {Ben}" : Ben);
        if (anaReads)
        {
            Policies.Filter("rows", Table, ("region = 'EU'", Ana)).Mask("ssn", Table + ".ssn", ("MASK", Ana));
        }

        // A set of policies that nearly vanishes is refused.
        for (var i = 0; i < 6; i++)
        {
            Policies.Allow($"other {i}", $"other{i}.s.t", "select", Ben);
        }

        Policies.Publish();
    }

    private static async Task<string> SyncAsync(Host host)
    {
        var task = await host.RunAsync(Payload.Table(Table));
        Assert.True((string?)task["status"] == "SUCCESS", task.ToJsonString());
        return (string)task["taskId"]!;
    }

    private static async Task<string?> VerifyAsync(Host host) => (string?)(await host.RunAsync(Payload.As(Payload.Table(Table), "VERIFY")))["outcome"];

    private Task StatementAsync(string token, string statement) => Emulator.CallAsync(token, "POST", "api/2.0/sql/statements",
        JsonSerializer.Serialize(new { statement, warehouse_id = "emulator-warehouse", wait_timeout = "30s" }));

    private async Task<string?> ReadAsync(string who) => GuardChange.Show(await Emulator.ReadAsync(who, Table));
}
