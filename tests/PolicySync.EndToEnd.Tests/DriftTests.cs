using System.Net;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Differences through HTTP, with the emulator's own foreign grants, on tables.</summary>
public sealed class DriftTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Table = "main.sales.customers";

    [Fact]
    public async Task After_a_sync_nothing_drifts_tampering_is_one_entry_and_ignore_expiry_repair_and_adopt_work()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Catalog("main"));
        var verify = Payload.As(Payload.Catalog("main"), type: "VERIFY");

        // The sample metastore has grants that others made: gaps, not drift.
        var clean = await host.RunAsync(verify);
        Assert.Equal("SUCCEEDED_WITH_GAPS", (string?)clean["outcome"]);
        Assert.StartsWith("Nothing to change", (string?)clean["message"], StringComparison.Ordinal);
        var foreign = await ListAsync(host, "?kind=FOREIGN");
        Assert.NotEmpty(foreign);
        Assert.Empty(await ListAsync(host, "?kind=DRIFT"));

        await Emulator.SetGrantsAsync("table", Table, [.. (await Emulator.GrantsAsync("table", Table))
            .Where(grant => grant.Key != "analysts").Select(grant => (grant.Key, grant.Value.ToArray()))]);
        Assert.Equal("DRIFTED", (string?)(await host.RunAsync(verify))["outcome"]);
        var tampered = Assert.Single(await ListAsync(host, "?kind=DRIFT"));
        Assert.Equal((Table, "GRANT", "analysts", "SELECT", "read"), (Text(tampered, "fullName"), Text(tampered, "action"), Text(tampered, "principal"), Text(tampered, "privilege"), Text(tampered, "policyName")));

        var end = DateTimeOffset.UtcNow.AddSeconds(20);
        var ignored = await SendAsync(host, HttpMethod.Post, $"drift/{Text(tampered, "id")}:ignore", HttpStatusCode.OK, new { reason = "known", endTime = end });
        Assert.Equal("IGNORED", Text(ignored!, "state"));
        var quiet = await host.RunAsync(verify);
        Assert.True(DateTimeOffset.UtcNow < end, "the machine was too slow for this test");
        Assert.Equal("SUCCEEDED_WITH_GAPS", (string?)quiet["outcome"]);
        await Wait.ForAsync(() => ListAsync(host, "?kind=DRIFT&state=OPEN"), open => open.Count == 1, TimeSpan.FromSeconds(60), _ => "it is still ignored");
        Assert.Equal("DRIFTED", (string?)(await host.RunAsync(verify))["outcome"]);
        Assert.Equal(Text(tampered, "since"), Text(Assert.Single(await ListAsync(host, "?kind=DRIFT")), "since"));

        await host.KillAndRestartAsync(); // what is recorded outlives the process
        var repair = await SendAsync(host, HttpMethod.Post, $"drift/{Text(tampered, "id")}:repair", HttpStatusCode.Accepted);
        Assert.Equal("SUCCESS", (string?)(await host.EndOfAsync(Text(repair!, "taskId")!))["status"]);
        Assert.True(await Emulator.HoldsAsync("table", Table, "analysts", "SELECT"));
        Assert.Empty(await ListAsync(host, "?kind=DRIFT"));

        await Emulator.SetGrantsAsync("table", Table, [.. (await Emulator.GrantsAsync("table", Table))
            .Where(grant => grant.Key != "finance-team").Select(grant => (grant.Key, grant.Value.ToArray())), ("finance-team", ["MODIFY"])]);
        await host.RunAsync(Payload.As(Payload.Table(Table), type: "VERIFY"));
        var other = Assert.Single(await ListAsync(host, $"?kind=FOREIGN&securable={Table}&principal=finance-team"));
        await SendAsync(host, HttpMethod.Post, $"drift/{Text(other, "id")}:adopt", HttpStatusCode.NoContent);
        Assert.Equal("tests", Text(Assert.Single(await ListAsync(host, "?kind=DRIFT")), "adoptedBy"));
        await host.RunAsync(Payload.Table(Table));
        Assert.False(await Emulator.HoldsAsync("table", Table, "finance-team", "MODIFY"));
        Assert.Empty(await ListAsync(host, $"?securable={Table}&principal=finance-team"));
    }

    private static string? Text(JsonNode node, string name) => (string?)node[name];

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(Host host, string query) =>
        [.. (await SendAsync(host, HttpMethod.Get, "drift" + query, HttpStatusCode.OK))!["drift"]!.AsArray().Select(item => item!)];

    private static async Task<JsonNode?> SendAsync(Host host, HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        var (status, text) = await host.SendAsync(method, "policysync/api/v1/" + path, body);
        Assert.True(status == expected, $"{status}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
