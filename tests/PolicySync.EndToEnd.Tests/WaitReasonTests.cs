using System.Diagnostics;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A task that waits says for what: in its message, in one line of the log, and in the health of the process.</summary>
public sealed class WaitReasonTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    // For the processes of the test, on a machine that does much else.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("HTML", "table", "Waiting for the workspace: UNAVAILABLE: ")]
    [InlineData("HTML", "catalog", "Waiting for the workspace: UNAVAILABLE: ")]
    [InlineData("HTML of a proxy", "table", "Waiting for the workspace: ")]
    [InlineData("HTML of a proxy", "catalog", "Waiting for the workspace: ")]
    [InlineData("401", "table", "Waiting for the workspace: CREDENTIALS_REFUSED: ")]
    [InlineData("401", "catalog", "Waiting for the workspace: CREDENTIALS_REFUSED: ")]
    [InlineData("no answer", "table", "Waiting for the workspace: ")]
    [InlineData("no answer", "catalog", "Waiting for the workspace: ")]
    [InlineData("policies", "table", "Waiting for policies: POLICIES_UNAVAILABLE: ")]
    [InlineData("policies", "catalog", "Waiting for policies: POLICIES_UNAVAILABLE: ")]
    public async Task A_task_says_within_5_seconds_what_it_waits_for_from_the_start(string trouble, string type, string message)
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        await BreakAsync(trouble);
        var host = await StartHostAsync();

        await SaysItAsync(host, trouble, type, message);
    }

    [Theory]
    [InlineData("HTML", "table", "Waiting for the workspace: UNAVAILABLE: ")]
    [InlineData("HTML", "catalog", "Waiting for the workspace: UNAVAILABLE: ")]
    [InlineData("HTML of a proxy", "table", "Waiting for the workspace: ")]
    [InlineData("HTML of a proxy", "catalog", "Waiting for the workspace: ")]
    [InlineData("401", "table", "Waiting for the workspace: CREDENTIALS_REFUSED: ")]
    [InlineData("401", "catalog", "Waiting for the workspace: CREDENTIALS_REFUSED: ")]
    [InlineData("no answer", "table", "Waiting for the workspace: ")]
    [InlineData("no answer", "catalog", "Waiting for the workspace: ")]
    public async Task A_task_says_within_5_seconds_what_it_waits_for_when_all_was_well_before(string trouble, string type, string message)
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        Assert.Equal("SUCCESS", (string?)(await host.RunAsync(Payload.Table("main.sales.customers")))["status"]);
        await BreakAsync(trouble);

        await SaysItAsync(host, trouble, type, message);
    }

    private async Task SaysItAsync(Host host, string trouble, string type, string message)
    {
        var part = trouble == "policies" ? "policies" : "workspace";
        var clock = Stopwatch.StartNew();
        var id = await host.PostAsync(type == "table" ? Payload.Table("main.sales.customers") : Payload.Catalog("main"));
        var task = await Wait.ForAsync(
            () => host.GetTaskAsync(id), task => ((string)task["message"]!).StartsWith(message, StringComparison.Ordinal),
            TimeSpan.FromSeconds(30), task => $"{task}\n{host.LogEnd}");
        var told = clock.Elapsed;
        var health = await Wait.ForAsync(
            host.HealthAsync, health => (string?)health["reasons"]?[part] is not null, TimeSpan.FromSeconds(30), health => $"{health}");
        var healthy = clock.Elapsed;

        output.WriteLine($"{told.TotalSeconds:0.0} s: {task["message"]}; {healthy.TotalSeconds:0.0} s: {health.ToJsonString()}");
        Assert.Equal("WAITING", (string?)task["status"]);
        Assert.InRange(told, TimeSpan.Zero, Bound + Slack);
        Assert.InRange(healthy, TimeSpan.Zero, Bound + (2 * Slack));
        Assert.Equal("Degraded", (string?)health["parts"]![part]);
        var lines = host.Log.Split('\n').Where(line => line.Contains("Tasks wait for ", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 1, string.Join('\n', lines));
    }

    private async Task BreakAsync(string trouble)
    {
        switch (trouble)
        {
            case "HTML": // a sign-in page
                await Emulator.FaultAsync(new { path = "/api/*", status = 200, body = "<!DOCTYPE html><html><title>Sign in</title></html>", contentType = "text/html" });
                break;
            case "HTML of a proxy":
                await Emulator.FaultAsync(new { path = "/api/*", status = 502, body = "<html><h1>502 Bad Gateway</h1></html>", contentType = "text/html" });
                break;
            case "no answer":
                await Emulator.FaultAsync(new { path = "/api/*", holdUntilReleased = true });
                break;
            case "401":
                await Emulator.FaultAsync(new { path = "/api/*", status = 401 });
                break;
            default:
                Policies.Write("{ this is no JSON");
                break;
        }
    }
}
