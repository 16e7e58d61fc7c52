using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Every kind of securable, and names that hold what breaks SQL, paths and JSON.</summary>
public sealed class EverySecurableTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Metastore = "11111111-2222-4333-8444-555555555555";

    [Fact]
    public async Task Each_kind_gets_what_it_can_have_and_the_rest_is_a_gap()
    {
        // type, name, accesses asked for, the emulator's word, what is held then, what is reported
        (string Type, string Name, string[] Accesses, string Path, string[] Held, string[] Gaps)[] cases =
        [
            ("table", "main.sales.customers", ["select", "modify"], "table", ["MODIFY", "SELECT"], []),
            ("view", "main.sales.revenue_by_region", ["select", "modify"], "table", ["SELECT"], ["MODIFY"]),
            ("table", "main.sales.revenue_daily", ["select", "refresh", "modify"], "table", ["REFRESH", "SELECT"], ["MODIFY"]),
            ("table", "main.sales.orders_stream", ["select", "modify", "refresh"], "table", ["MODIFY", "SELECT"], ["REFRESH"]),
            ("table", "main.sales.partner_accounts", ["select", "modify"], "table", ["SELECT"], ["MODIFY"]),
            ("view", "analytics.reporting.revenue_metrics", ["select", "modify"], "table", ["SELECT"], ["MODIFY"]),
            ("function", "main.sales.net_amount", ["execute", "manage"], "function", ["EXECUTE", "MANAGE"], []),
            ("model", "main.sales.churn_model", ["execute", "apply_tag"], "model", ["APPLY_TAG", "EXECUTE"], []),
            ("volume", "main.sales.contracts_scanned", ["read_volume", "write_volume"], "volume", ["READ_VOLUME", "WRITE_VOLUME"], []),
            ("external_location", "lake", ["read_files", "browse"], "external_location", ["BROWSE", "READ_FILES"], []),
            ("storage_credential", "lake_identity", ["create_external_location"], "storage_credential", ["CREATE_EXTERNAL_LOCATION"], []),
            ("service_credential", "queue_identity", ["access"], "credential", ["ACCESS"], []),
            ("connection", "crm", ["use_connection"], "connection", ["USE_CONNECTION"], []),
            ("metastore", Metastore, ["create_catalog", "use_share"], "metastore", ["CREATE_CATALOG", "USE_SHARE"], []),
        ];
        foreach (var (type, name, accesses, _, _, _) in cases)
        {
            var level = type == "view" ? "table" : type;
            var names = name.Split('.');
            Policies.AllowExactly(level, level == "table" ? [.. names, "*"] : names, accesses, ["ben.analyst@example.com"], []);
        }

        Policies.Publish();
        // Only the metastore's owner may change its grants.
        var host = await StartHostAsync(("Workspace:Token", "dapi-emulator-admin"));

        var task = await host.RunAsync(Payload.Sync([.. cases.Select(one => Payload.Resource(one.Type, one.Name))]));

        Assert.True((string?)task["status"] == "SUCCESS", $"{task}");
        var items = await host.ResourcesAsync((string)task["taskId"]!);
        Assert.Equal(cases.Select(one => (one.Type, one.Name)), items.Select(item => ((string)item!["type"]!, (string)item["fullName"]!)));
        foreach (var ((_, name, _, path, held, gaps), item) in cases.Zip(items))
        {
            Assert.Equal(held, (await Emulator.GrantsAsync(path, name))["ben.analyst@example.com"].Order(StringComparer.Ordinal));
            Assert.Equal(gaps, item!["gaps"]!.AsArray().Where(gap => (string?)gap!["code"] == "PRIVILEGE_NOT_APPLICABLE").Select(gap => (string)gap!["privilege"]!));
        }
    }

    [Fact]
    public async Task Hostile_names_have_exactly_the_effect_that_was_meant_and_no_other()
    {
        // No braces: in a policy's resource they are Ranger's own tokens, such as {USER}.
        const string hostile = "a`b'c\";drop--%2e%00#&+=$(x)<!>ß売上";
        var catalog = hostile + "c";
        var schema = hostile + "s";
        var table = hostile + new string('t', 255 - hostile.Length);
        const string user = "o'ne`il;\"{}%23#+ß@example.com";
        var group = "Grp \"q\" 'x' `b` ;-- % # / \\ ,:" + new string('G', 200);
        var bystander = table[..254] + "u";
        await Emulator.MakeAsync("table", $"{catalog}.{schema}.{table}", new
        {
            owner = "platform-admins", columns = new[] { new { name = hostile + " column", type = "string" } },
        });
        await Emulator.MakeAsync("table", $"{catalog}.{schema}.{bystander}", new { owner = "platform-admins" });
        await Emulator.MakeAsync("catalog", catalog, new { owner = "platform-admins" });
        await Emulator.AddPrincipalsAsync(new { users = new[] { new { userName = user } }, groups = new[] { new { displayName = group } } });
        var others = await Emulator.AllGrantsAsync();
        Policies.AllowExactly("table", [catalog, schema, table, "*"], ["select"], [user], [group])
            .AllowExactly("table", [catalog, schema, table, hostile + " column"], ["select"], ["ben.analyst@example.com"], []).Publish();
        var host = await StartHostAsync();

        var task = await host.RunAsync(Payload.Sync(new
        {
            type = "table",
            values = new Dictionary<string, string> { ["catalog"] = catalog, ["schema"] = schema, ["table"] = table },
        }));

        Assert.True((string?)task["status"] == "SUCCESS", $"{task}");
        var item = Assert.Single(await host.ResourcesAsync((string)task["taskId"]!))!;
        Assert.Equal($"{catalog}.{schema}.{table}", (string)item["fullName"]!);
        Assert.Equal("COLUMN_NOT_EXPRESSIBLE", (string?)Assert.Single(item["gaps"]!.AsArray(), gap => (string?)gap!["principal"] == "ben.analyst@example.com")!["code"]);
        Assert.Equal(
            new[]
            {
                $"//{catalog} {group}: USE_CATALOG", $"//{catalog} {user}: USE_CATALOG",
                $"//{catalog}/{schema} {group}: USE_SCHEMA", $"//{catalog}/{schema} {user}: USE_SCHEMA",
                $"//{catalog} ben.analyst@example.com: USE_CATALOG", $"//{catalog}/{schema} ben.analyst@example.com: USE_SCHEMA", // for the column
                $"//{catalog}/{schema}/{table} {group}: SELECT", $"//{catalog}/{schema}/{table} {user}: SELECT",
            }.Concat(others).Order(StringComparer.Ordinal),
            await Emulator.AllGrantsAsync());

        // And taken back.
        Policies.Clear().AllowExactly("table", [catalog, schema, bystander, "*"], ["select"], ["ben.analyst@example.com"], []).Publish();
        await host.RunAsync(Payload.Table($"{catalog}.{schema}.{table}"));
        Assert.Empty(await Emulator.GrantsAsync("table", $"{catalog}.{schema}.{table}"));
    }
}
