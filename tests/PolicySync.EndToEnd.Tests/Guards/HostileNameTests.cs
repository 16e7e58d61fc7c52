using System.Text.Json.Nodes;

namespace PolicySync.EndToEnd.Tests.Guards;

/// <summary>
/// Names that would like to be SQL, as catalog, schema, table, columns, users and groups at once: the guards of the one table
/// have exactly the effect that was meant, and nothing else is touched.
/// </summary>
public sealed class HostileNameTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Hostile = "a`b'c\";drop--%2e%00#&+=$(x)<!>ß売上";
    private const string User = "o'ne`il;\"')--#+ß@example.com";
    private const string Ben = "ben.analyst@example.com";
    private const string Ana = "ana.analyst@example.com";

    private static readonly string Group = "Grp \"q\" 'x' OR 1=1 `b` ;-- % # / \\ ,:" + new string('G', 200);
    private static readonly string Table = Hostile + new string('t', 255 - Hostile.Length);

    // Columns may hold anything but what Ranger reads as a pattern.
    private static readonly string Filtered = "x` OR '1'='1' OR `y.z /* " + Hostile;
    private static readonly string Masked = "') RETURN TRUE -- \" 売上 🙂";
    private static readonly string Denied = "; DROP FUNCTION f --" + new string('d', 235);

    private static string FullName(string table) => $"{Hostile}c.{Hostile}s.{table}";

    [Fact]
    [Trait("Category", "Long")]
    public async Task Filters_masks_and_denied_columns_of_hostile_names_show_everybody_exactly_what_was_meant()
    {
        var bystander = Table[..254] + "u";
        await MakeAsync(Table);
        await MakeAsync(bystander);
        await Emulator.AddPrincipalsAsync(new { users = new[] { new { userName = User } }, groups = new[] { new { displayName = Group, members = new[] { Ana } } } });
        string[] table = [$"{Hostile}c", $"{Hostile}s", Table];
        Policies.AllowExactly("table", [.. table, "*"], ["select"], [User, Ben], [Group])
            .AddExactly("table", table, policyType: 2, "rowFilterPolicyItems", PolicyFolder.ItemFor(["select"], [User], [],
                ("rowFilterInfo", new JsonObject { ["filterExpr"] = $"`{Filtered.Replace("`", "``", StringComparison.Ordinal)}` = 'it''s'" })))
            .AddExactly("table", [.. table, Masked], policyType: 1, "dataMaskPolicyItems", PolicyFolder.ItemFor(["select"], [], [Group],
                ("dataMaskInfo", new JsonObject { ["dataMaskType"] = "MASK" })))
            .AddExactly("table", [.. table, Denied], policyType: 0, "denyPolicyItems", PolicyFolder.ItemFor(["select"], [Ben], [])).Publish();
        var others = (await Emulator.AllGrantsAsync()).Where(line => !line.Contains(Hostile, StringComparison.Ordinal));
        var host = await StartHostAsync(("Workspace:WarehouseId", "emulator-warehouse"), ("Sync:MaskDeniedColumns", "true"));
        var payload = Payload.Sync(new
        {
            type = "table",
            values = new Dictionary<string, string> { ["catalog"] = table[0], ["schema"] = table[1], ["table"] = table[2] },
        });

        var task = await host.RunAsync(payload);

        Assert.True((string?)task["outcome"] == "SUCCEEDED", $"{task} {(await host.ResourcesAsync((string)task["taskId"]!)).ToJsonString()}");
        Assert.Equal("it's|Ab-1|secret", await ReadAsync(User, Table));
        Assert.Equal("it's|Xx-n|secret other|Xx-n|secret", await ReadAsync(Ana, Table));
        Assert.Equal("it's|Ab-1|NULL other|Ab-2|NULL", await ReadAsync(Ben, Table));
        var (functions, used) = await Emulator.FunctionsAsync();
        Assert.Equal(used.Order(StringComparer.Ordinal), functions.Where(name => name.StartsWith(Hostile, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(3, used.Count);
        Assert.Equal(others, (await Emulator.AllGrantsAsync()).Where(line => !line.Contains(Hostile, StringComparison.Ordinal)));
        Assert.Equal([Group, Ben, User], (await Emulator.GrantsAsync("table", FullName(Table))).Keys.Order(StringComparer.Ordinal));
        Assert.Null(await Emulator.ReadAsync(Ben, FullName(bystander)));

        await Emulator.ForgetCallsAsync();
        await host.RunAsync(payload);
        Assert.DoesNotContain(await Emulator.CallsAsync("POST"), call => call.Path.EndsWith("/sql/statements", StringComparison.Ordinal));

        // And all of it goes again; policies that nearly all vanish would not be believed.
        Policies.Clear().AllowExactly("table", [table[0], table[1], bystander, "*"], ["select"], [Ben], [])
            .AllowExactly("table", [table[0], table[1], bystander, "*"], ["select"], [User], []).Publish();
        Assert.Equal("SUCCESS", (string?)(await host.RunAsync(payload))["status"]);
        Assert.Null(await Emulator.ReadAsync(User, FullName(Table)));
        Assert.DoesNotContain((await Emulator.FunctionsAsync()).All, name => name.StartsWith(Hostile, StringComparison.Ordinal));
    }

    private async Task<string?> ReadAsync(string who, string table) => GuardChange.Show(await Emulator.ReadAsync(who, FullName(table)));

    private async Task MakeAsync(string table)
    {
        await Emulator.MakeAsync("table", FullName(table), new
        {
            owner = "platform-admins",
            columns = new[] { new { name = Filtered, type = "string" }, new { name = Masked, type = "string" }, new { name = Denied, type = "string" } },
            rows = new[] { new[] { "it's", "Ab-1", "secret" }, ["other", "Ab-2", "secret"] },
        });
        await Emulator.MakeAsync("catalog", $"{Hostile}c", new { owner = "platform-admins" });
    }
}
