using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A dry run's plan can be carried out by hand.</summary>
public sealed class DryRunTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [Theory]
    [InlineData("catalog", "main")]
    [InlineData("table", "main.sales.customers")]
    public async Task The_calls_of_a_dry_run_are_those_of_the_run_and_sent_by_hand_have_its_effect(string type, string fullName)
    {
        Policies.Allow("analysts read sales", "main.sales.*", "select", "@analysts")
            .Allow("engineers change sales", "main.sales.*", "select modify manage", "ida.engineer@example.com")
            .Allow("catalog", "main", "use_catalog create_schema", "@data-engineers").Publish();
        // Exact, so that there is something to take back that nobody here granted.
        var host = await StartHostAsync(("Sync:Mode", "Exact"), ("Sync:MaxRevokeShare", "1"));
        var payload = Payload.Sync(Payload.Resource(type, fullName));

        var dry = await host.RunAsync(Payload.As(payload, dryRun: true));
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
        var items = (await host.ResourcesAsync((string)dry["taskId"]!)).Select(item => item!).ToList();
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.False((bool)item["truncated"]!));
        var planned = items.SelectMany(item => Planned(item, afterChildren: false))
            .Concat(Enumerable.Reverse(items).SelectMany(item => Planned(item, afterChildren: true))).ToList();
        foreach (var call in planned)
        {
            await Emulator.CallAsync("dapi-emulator-policysync", (string)call["method"]!, (string)call["path"]!, call["body"]!.ToJsonString());
        }

        var byHand = await Emulator.AllGrantsAsync();

        await Emulator.ResetAsync();
        var before = await Emulator.AllGrantsAsync();
        await Emulator.ForgetCallsAsync();
        await host.RunAsync(payload);

        Assert.NotEqual(before, byHand);
        Assert.Equal(await Emulator.AllGrantsAsync(), byHand);
        Assert.Equal(
            (await Emulator.CallsAsync("PATCH")).Select(call => $"{call.Path} {JsonNode.Parse(call.Body!)!.ToJsonString()}").Order(StringComparer.Ordinal),
            planned.Select(call => $"{call["path"]} {call["body"]!.ToJsonString()}").Order(StringComparer.Ordinal));
    }

    private static IEnumerable<JsonNode> Planned(JsonNode item, bool afterChildren) => (item["plannedCalls"] as JsonArray ?? [])
        .Select(call => call!).Where(call => (call["afterChildren"] is not null) == afterChildren);
}
