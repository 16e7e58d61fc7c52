using System.Net.Http.Json;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>From the vendor's payloads to grants.</summary>
public sealed class MainJobTests(AzuriteFixture azurite) : StackTest(azurite)
{
    public static TheoryData<string, object> VendorPayloads() => new()
    {
        { "table", Payload.Table("main.sales.customers") },
        { "view", Payload.View("main.sales.revenue_by_region") },
        { "schema", Payload.Schema("main.sales") },
        { "catalog", Payload.Catalog("main") },
        {
            "multiple", Payload.Sync(
                Payload.Resource("catalog", "hr_catalog"),
                Payload.Resource("schema", "hr_catalog.employee_data"),
                Payload.Resource("table", "hr_catalog.employee_data.employees"))
        },
    };

    [Theory]
    [MemberData(nameof(VendorPayloads))]
    public async Task Each_documented_payload_ends_in_the_documented_answer_and_a_second_run_writes_nothing(string name, object payload)
    {
        _ = name;
        Policies.Allow("analysts read sales", "main.sales.*", "select", "@analysts")
            .Allow("engineers change sales", "main.sales.*", "select modify", "ida.engineer@example.com")
            .Allow("staff data", "hr_catalog.employee_data.*", "select", "@hr-team").Publish();
        var host = await StartHostAsync();

        var first = await host.RunAsync(payload);

        Assert.Equal(["taskId", "status", "message"], first.AsObject().Take(3).Select(member => member.Key));
        Assert.Equal("SUCCESS", (string?)first["status"]);
        Assert.Equal("Sync completed successfully", (string?)first["message"]);
        Assert.True((int)first["progress"]!["changed"]! > 0);

        await Emulator.ForgetCallsAsync();
        var before = await host.StorageOperationsAsync();
        var second = await host.RunAsync(payload);

        Assert.Equal("SUCCESS", (string?)second["status"]);
        Assert.Equal(0, (int)second["progress"]!["changed"]!);
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
        var written = (await host.StorageOperationsAsync())
            .Where(pair => pair.Value > before.GetValueOrDefault(pair.Key))
            .Select(pair => pair.Key)
            .Where(key => !key.Contains("\"read\"", StringComparison.Ordinal) && !key.Contains("\"query\"", StringComparison.Ordinal) && !key.Contains("\"create_table\"", StringComparison.Ordinal));
        Assert.All(written, key => Assert.DoesNotMatch("OrleansGrainState|Due", key));
    }

    [Fact]
    public async Task A_caller_that_prefers_to_wait_gets_the_end_of_a_task_in_one_round_trip()
    {
        Policies.Allow("analysts read customers", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Table("main.sales.customers"));
        using var client = new HttpClient { BaseAddress = host.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", host.Token("policysync.tasks"));
        client.DefaultRequestHeaders.Add("Prefer", "wait=30");

        using var answer = await client.PostAsJsonAsync("policysync/api/v1/task", Payload.Table("main.sales.customers"));

        var task = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((System.Net.HttpStatusCode.OK, "SUCCESS", 0), (answer.StatusCode, (string?)task["status"], (int)task["progress"]!["changed"]!));
    }

    [Fact]
    public async Task A_slip_in_a_request_is_refused_and_nothing_is_written()
    {
        Policies.Allow("analysts read customers", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        using var client = new HttpClient { BaseAddress = host.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", host.Token("policysync.tasks"));
        const string resources = """[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]""";
        string[] slips =
        [
            $$$"""{"type":"RESOURCE_SYNC","dryRun":true,"requestInfo":{"resources":{{{resources}}}}}""",
            $$$"""{"type":"RESOURCE_SYNC","requestInfo":{"dryrun":true,"resources":{{{resources}}}}}""",
            $$$"""{"type":"RESOURCE_SYNC","requestInfo":{"dry_run":true,"resources":{{{resources}}}}}""",
        ];

        foreach (var slip in slips)
        {
            using var content = new StringContent(slip, System.Text.Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("policysync/api/v1/task", content);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Empty(await Emulator.CallsAsync("PATCH"));
    }

    [Fact]
    public async Task A_table_task_grants_what_policy_says_with_USE_on_the_parents_and_says_which_policy_asked()
    {
        Policies.Allow("analysts read customers", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync();

        var task = await host.RunAsync(Payload.Table("main.sales.customers"));

        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
        Assert.True(await Emulator.HoldsAsync("schema", "main.sales", "analysts", "USE_SCHEMA"));
        Assert.True(await Emulator.HoldsAsync("catalog", "main", "analysts", "USE_CATALOG"));
        var change = Assert.Single((await host.ResourcesAsync((string)task["taskId"]!))[0]!["changes"]!.AsArray());
        Assert.Equal("analysts read customers", (string?)change!["policyName"]);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
    }

    [Fact]
    public async Task A_grant_that_policy_withdraws_is_revoked_and_grants_of_others_stay()
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts hana.analyst@example.com").Publish();
        await Emulator.SetGrantsAsync("table", "main.sales.customers", ("hugo.marketing@example.com", ["SELECT"]));
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Table("main.sales.customers"));

        Policies.Clear().Allow("read", "main.sales.customers", "select", "hana.analyst@example.com").Publish();
        var task = await host.RunAsync(Payload.Table("main.sales.customers"));

        Assert.False(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "hana.analyst@example.com", "SELECT"));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "hugo.marketing@example.com", "SELECT"));
        Assert.Contains("FOREIGN_GRANT EXPOSED hugo.marketing@example.com SELECT", await host.GapsAsync((string)task["taskId"]!));
        Assert.False(await Emulator.HoldsAsync("catalog", "main", "analysts", "USE_CATALOG"));
    }

    [Theory]
    [InlineData("ana.analyst@example.com")] // a member of emea-analysts, which is in analysts
    [InlineData("Ana.Analyst@EXAMPLE.com")]
    [InlineData("hana.analyst@example.com")] // a direct member
    public async Task A_user_denied_inside_a_granted_group_gets_nothing_and_a_gap_says_why(string denied)
    {
        Policies.Add("read", "main.sales.customers", [("select", "@analysts")], ("select", denied)).Publish();
        await Emulator.SetGrantsAsync("table", "main.sales.customers");
        var host = await StartHostAsync();

        var task = await host.RunAsync(Payload.Table("main.sales.customers"));

        var grants = await Emulator.GrantsAsync("table", "main.sales.customers");
        Assert.DoesNotContain("analysts", grants.Keys);
        Assert.DoesNotContain(denied.ToLowerInvariant(), grants.Keys);
        Assert.Contains("ben.analyst@example.com", grants.Keys);
        Assert.Contains("GROUP_EXPANDED WITHHELD analysts SELECT", await host.GapsAsync((string)task["taskId"]!));
        Assert.Equal("SUCCEEDED_WITH_GAPS", (string?)task["outcome"]);
    }

    [Fact]
    public async Task An_unknown_principal_does_not_stop_the_others()
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts ghost@example.com").Publish();
        var host = await StartHostAsync();

        var task = await host.RunAsync(Payload.Table("main.sales.customers"));

        Assert.Equal("SUCCESS", (string?)task["status"]);
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
        Assert.Contains("PRINCIPAL_UNKNOWN WITHHELD ghost@example.com SELECT", await host.GapsAsync((string)task["taskId"]!));
    }

    [Theory]
    [InlineData("Owned")]
    [InlineData("Exact")]
    public async Task The_service_s_own_rights_and_the_owner_s_stay_in_every_mode(string mode)
    {
        const string service = "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10";
        Policies.Allow("use", "main", "use_catalog", "@analysts").Publish();
        await Emulator.SetGrantsAsync("catalog", "main",
            ("platform-admins", ["MANAGE"]), (service, ["MANAGE", "BROWSE"]), ("hugo.marketing@example.com", ["BROWSE"]));
        var host = await StartHostAsync(("Sync:Mode", mode), ("Sync:Managed:Securables:Include:0", "main"), ("Sync:Managed:Securables:Exclude:0", "main.*"));

        var task = await host.RunAsync(Payload.Catalog("main"));

        Assert.Equal("SUCCESS", (string?)task["status"]);
        Assert.True(await Emulator.HoldsAsync("catalog", "main", "platform-admins", "MANAGE"));
        Assert.True(await Emulator.HoldsAsync("catalog", "main", service, "MANAGE"));
        Assert.Equal(mode == "Owned", await Emulator.HoldsAsync("catalog", "main", "hugo.marketing@example.com", "BROWSE"));
    }

    [Fact]
    public async Task Mode_Exact_refuses_to_start_where_the_workspace_does_not_say_who_the_service_is()
    {
        Policies.Allow("use", "main", "use_catalog", "@analysts").Publish();
        await Emulator.FaultAsync(new { path = "*/scim/v2/Me", status = 404 });

        var refusal = await Assert.ThrowsAsync<TimeoutException>(() => StartHostAsync(("Sync:Mode", "Exact")));

        Assert.Contains("SCIM `Me`", refusal.Message.Replace("\\u0060", "`", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
