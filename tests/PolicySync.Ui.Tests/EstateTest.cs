using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests;
using Host = PolicySync.EndToEnd.Tests.Stack.Host;

namespace PolicySync.Ui.Tests;

/// <summary>The estate of the demo, synced, tampered with and verified; with a plan and a suspension.</summary>
public abstract class EstateTest(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Customers = "/ui/securables/table/main.sales.customers";

    /// <summary>Starts it, and names its pages.</summary>
    private protected async Task<(Host Host, IReadOnlyList<(string Name, string Path)> Pages)> EstateAsync()
    {
        var host = await StartHostAsync(("Policies:Folder", Path.Combine(Repository.Root, "deploy", "demo", "policies")));
        var schema = new { type = "RESOURCE_SYNC", requestInfo = new { resources = new[] { new { type = "schema", values = new { catalog = "main", schema = "sales" } } } } };
        var synced = await host.RunAsync(schema);
        await Emulator.CallAsync(
            "dapi-emulator-admin", "PATCH", "/api/2.1/unity-catalog/permissions/table/main.sales.customers",
            """{"changes":[{"principal":"tess.sales@example.com","add":["SELECT"]},{"principal":"sam.sales@example.com","remove":["SELECT"]}]}""");
        await host.RunAsync(new { type = "VERIFY", schema.requestInfo });
        var plan = await host.PlanAsync(new { schema.requestInfo.resources });
        var (status, text) = await host.SendAsync(HttpMethod.Put, "policysync/api/v1/suspensions/main.finance", new JsonObject { ["reason"] = "an audit", ["endTime"] = DateTimeOffset.UtcNow.AddDays(1).ToString("O") });
        Assert.True((int)status < 300, text);
        return (host,
        [
            ("overview", "/ui"), ("securables", "/ui/securables?securable=main"), ("schema", "/ui/securables/schema/main.sales"), ("tasks", "/ui/tasks"), ("task", $"/ui/tasks/{synced["taskId"]}"), ("new-task", "/ui/tasks/new"), ("drift", "/ui/drift"),
            ("suspensions", "/ui/suspensions"), ("policies", "/ui/policies"), ("policy", "/ui/policies/101"), ("plans", "/ui/plans"), ("plan", $"/ui/plans/{plan["planId"]}"),
            ("new-plan", "/ui/plans/new"), ("apply", $"/ui/plans/{plan["planId"]}/apply"), ("securable", Customers), ("access", Customers + "?source=live"),
            ("explain", "/ui/explain?type=table&name=main.sales.customers&principal=tess.sales@example.com&privilege=SELECT"),
            ("person", "/ui/principals/tess.sales@example.com"), ("find", "/ui/find"), ("health", "/ui/health"),
        ]);
    }
}
