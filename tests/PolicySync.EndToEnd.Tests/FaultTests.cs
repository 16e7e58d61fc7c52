using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A workspace on a bad day.</summary>
public sealed class FaultTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private const int Tables = 100;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Five_hundred_tasks_end_right_while_every_fifth_call_fails()
    {
        await Emulator.GenerateAsync("big", schemas: 1, tablesPerSchema: Tables);
        await Emulator.SetAsync(new { tokenLifetimeSeconds = 4 });
        Policies.Allow("read", "big.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync(
            ("Workspace:Token", ""), ("Workspace:ClientId", "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10"),
            ("Workspace:ClientSecret", "emulator-policysync-secret"), ("Workspace:MaxConcurrency", "64"), ("Workspace:WriteTimeout", "00:00:01"));
        await FailAsync();

        var ids = await PostAsync(host, 250);
        Policies.Clear().Allow("read", "big.*.*", "select", "@finance-team").Publish();
        ids.AddRange(await PostAsync(host, 250));
        var ends = new List<JsonNode>();
        foreach (var lot in ids.Chunk(25))
        {
            ends.AddRange(await Task.WhenAll(lot.Select(id => host.EndOfAsync(id))));
        }

        Assert.Equal(500, ids.Distinct().Count());
        Assert.All(ends, task => Assert.True((string?)task["status"] == "SUCCESS", $"{task}"));
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        for (var table = 0; table < Tables; table++)
        {
            var grants = await Emulator.GrantsAsync("table", $"big.schema_0000.table_{table:00000}");
            Assert.Equal("finance-team: SELECT", string.Join("; ", grants.Select(grant => $"{grant.Key}: {string.Join(' ', grant.Value)}")));
        }

        Assert.True(await Emulator.HoldsAsync("schema", "big.schema_0000", "finance-team", "USE_SCHEMA"));
        Assert.True(await Emulator.HoldsAsync("catalog", "big", "finance-team", "USE_CATALOG"));
        Assert.False(await Emulator.HoldsAsync("catalog", "big", "analysts", "USE_CATALOG"));
        var calls = (await Emulator.CallsAsync()).Where(call => call.IsBudgeted).ToList();
        var failed = calls.Count(call => call.Status is null or >= 400);
        output.WriteLine($"{calls.Count} calls, {failed} failed; {calls.Count(call => call.Method == "PATCH")} writes");
        Assert.InRange(failed / (double)calls.Count, 0.15, 0.35);
    }

    // Each rule strikes by chance, one after the other, the same in every run as far as calls come in the same order.
    private async Task FailAsync()
    {
        const string api = "/api/*";
        const string permissions = "*/permissions/*";
        await Emulator.FaultAsync(new { path = permissions, method = "GET", readLagMs = 2_000, probability = 0.05, seed = 1 });
        await Emulator.FaultAsync(new { path = permissions, method = "PATCH", mode = "applyThenError", status = 500, probability = 0.08, seed = 2 });
        await Emulator.FaultAsync(new { path = permissions, method = "PATCH", mode = "applyThenReset", probability = 0.04, seed = 3 });
        await Emulator.FaultAsync(new { path = api, status = 429, probability = 0.05, seed = 4 });
        await Emulator.FaultAsync(new { path = api, status = 429, retryAfter = 1, probability = 0.02, seed = 5 });
        await Emulator.FaultAsync(new { path = api, status = 429, retryAfter = "Wed, 21 Oct 2015 07:28:00 GMT", probability = 0.02, seed = 6 });
        await Emulator.FaultAsync(new { path = api, status = 500, probability = 0.04, seed = 7 });
        await Emulator.FaultAsync(new { path = api, status = 503, probability = 0.04, seed = 8 });
        await Emulator.FaultAsync(new { path = api, mode = "reset", probability = 0.03, seed = 9 });
        await Emulator.FaultAsync(new { path = api, status = 401, probability = 0.02, seed = 10 });
    }

    private static async Task<List<string>> PostAsync(Host host, int tasks)
    {
        var ids = new List<string>();
        foreach (var lot in Enumerable.Range(0, tasks).Chunk(25))
        {
            ids.AddRange(await Task.WhenAll(lot.Select(task => host.PostAsync(Payload.Table($"big.schema_0000.table_{task % Tables:00000}")))));
        }

        return ids;
    }
}
