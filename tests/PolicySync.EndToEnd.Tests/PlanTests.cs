using System.Net;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Plans of candidate policies, applied after the policies were really changed.</summary>
public sealed class PlanTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private static readonly (string, string) Warehouse = ("Workspace:WarehouseId", "emulator-warehouse");

    [Fact]
    public async Task A_plan_that_is_applied_after_the_change_changes_exactly_what_it_said()
    {
        var host = await SyncedAsync();
        var plan = await PlanAsync(host);
        var resources = await host.PlanResourcesAsync(plan);
        Assert.Empty(await WritesAsync());
        Assert.Empty((string?)plan["warnings"]?.ToJsonString() ?? "");
        var planned = resources.SelectMany(item => item!["plannedCalls"]!.AsArray()).Select(call => Shown((string)call!["path"]!, call["body"])).Order(StringComparer.Ordinal).ToList();
        var lines = resources.SelectMany(item => item!["lines"]!.AsArray().Select(line => $"{item["fullName"]}: {line}")).ToList();
        Assert.Contains("main.sales.orders: + MODIFY to finance-team (policy finance changes orders)", lines);
        Assert.Contains("main.sales.customers: ~ set the mask of email (policy mails)", lines);
        var (early, problem) = await host.ApplyAsync(plan);
        Assert.Equal((HttpStatusCode.Conflict, "PLAN_OUTDATED"), (early, (string?)problem["code"]));

        Change(Policies).Publish();
        var task = await AppliedAsync(host, plan);

        Assert.True((string?)task["status"] == "SUCCESS", task.ToString());
        Assert.Equal((string?)plan["planId"], (string?)task["planId"]);
        Assert.NotEmpty(planned);
        Assert.Equal(planned, (await WritesAsync()).Select(call => Shown(call.Path, JsonNode.Parse(call.Body!))).Order(StringComparer.Ordinal));
        Assert.Equal(0, (int)(await host.RunAsync(Payload.As(Payload.Schema("main.sales"), "VERIFY")))["progress"]!["drifted"]!);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
    }

    [Fact]
    public async Task A_plan_is_refused_and_nothing_is_written_after_another_party_changed_a_grant()
    {
        var host = await SyncedAsync();
        var plan = await PlanAsync(host);
        Change(Policies).Publish();
        await Emulator.CallAsync("dapi-emulator-admin", "PATCH", "/api/2.1/unity-catalog/permissions/table/main.sales.orders",
            """{"changes":[{"principal":"finance-team","add":["MODIFY"]}]}""");
        await Emulator.ForgetCallsAsync();
        var before = await Emulator.AllGrantsAsync();

        var task = await AppliedAsync(host, plan);

        Assert.Equal("FAILED", (string?)task["status"]);
        Assert.StartsWith("PLAN_OUTDATED: 1 securable has moved since the plan was made, so nothing was written; first: table main.sales.orders", (string?)task["message"], StringComparison.Ordinal);
        var moved = Assert.Single(await host.ResourcesAsync((string)task["taskId"]!))!;
        Assert.Equal(("main.sales.orders", "PLAN_OUTDATED"), ((string?)moved["fullName"], (string?)moved["error"]!["code"]));
        Assert.Empty(await WritesAsync());
        Assert.Equal(before, await Emulator.AllGrantsAsync());
    }

    [Fact]
    public async Task An_apply_whose_process_is_killed_between_two_writes_ends_with_what_the_plan_said()
    {
        var host = await SyncedAsync();
        var plan = await PlanAsync(host);
        Change(Policies).Publish();
        await Emulator.FaultAsync(new { id = "held", method = "PATCH", path = "*/permissions/table/main.sales.orders", holdSeconds = 8, times = 1 });
        var (status, accepted) = await host.ApplyAsync(plan);
        Assert.Equal(HttpStatusCode.Accepted, status);
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(60), _ => host.Log);

        await host.KillAndRestartAsync();
        var task = await host.EndOfAsync((string)accepted["taskId"]!, seconds: 180);

        Assert.True((string?)task["status"] == "SUCCESS", task.ToString());
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.orders", "finance-team", "MODIFY"));
        Assert.False(await Emulator.HoldsAsync("table", "main.sales.opportunities", "analysts", "SELECT"));
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        Assert.Equal(0, (int)(await host.RunAsync(Payload.As(Payload.Schema("main.sales"), "VERIFY")))["progress"]!["drifted"]!);
    }

    private async Task<Host> SyncedAsync()
    {
        Start(Policies).Publish();
        await Emulator.CallAsync("dapi-emulator-admin", "PATCH", "/api/2.1/unity-catalog/permissions/catalog/main",
            """{"changes":[{"principal":"7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10","add":["CREATE_SCHEMA"]}]}"""); // for the functions of masks
        var host = await StartHostAsync(Warehouse);
        await host.RunAsync(Payload.Schema("main.sales"));
        await Emulator.ForgetCallsAsync();
        return host;
    }

    private static async Task<JsonNode> PlanAsync(Host host)
    {
        using var changed = new PolicyFolder();
        Change(Start(changed)).Publish();
        var set = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(changed.Folder, "policies.json")))!;
        var plan = await host.PlanAsync(new { resources = new[] { Payload.Resource("schema", "main.sales") }, policies = set, allowRevoke = true });
        Assert.True((string?)plan["status"] == "SUCCESS", plan.ToString());
        Assert.True((int)plan["summary"]!["securables"]! >= 3, plan.ToString());
        return plan;
    }

    private static async Task<JsonNode> AppliedAsync(Host host, JsonNode plan)
    {
        var (status, accepted) = await host.ApplyAsync(plan);
        Assert.True(status == HttpStatusCode.Accepted, accepted.ToString());
        return await host.EndOfAsync((string)accepted["taskId"]!);
    }

    private static PolicyFolder Start(PolicyFolder policies) => policies
        .Allow("analysts read sales", "main.sales.*", "select", "@analysts");

    private static PolicyFolder Change(PolicyFolder policies) => policies
        .Add("no opportunities", "main.sales.opportunities", allow: [], ("select", "@analysts"))
        .Allow("finance changes orders", "main.sales.orders", "select modify", "@finance-team")
        .Mask("mails", "main.sales.customers.email", ("MASK_NULL", "@analysts"));

    // Grants by PATCH, row filters and masks by statements.
    private async Task<IReadOnlyList<Call>> WritesAsync() => [.. (await Emulator.CallsAsync())
        .Where(call => call.Method == "PATCH" || (call.Method == "POST" && call.Path.EndsWith("/sql/statements", StringComparison.Ordinal) && IsWrite(call.Body)))];

    private static bool IsWrite(string? body) => ((string?)JsonNode.Parse(body ?? "{}")?["statement"])?.TrimStart() is { } sql
        && (sql.StartsWith("CREATE", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("ALTER", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("DROP", StringComparison.OrdinalIgnoreCase));

    private static string Shown(string path, JsonNode? body) => body?["statement"] is { } statement ? (string)statement! : $"{path} {body?.ToJsonString()}";
}
