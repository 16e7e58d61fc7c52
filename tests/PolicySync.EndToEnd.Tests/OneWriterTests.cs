using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Kills and crowds: what was acknowledged ends, and no two writes meet on one securable.</summary>
public sealed class OneWriterTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [Fact]
    public async Task A_catalog_sync_whose_process_is_killed_ends_well_after_the_restart_without_overlapping_writes()
    {
        await Emulator.GenerateAsync("big", schemas: 4, tablesPerSchema: 50);
        Policies.Allow("read big", "big.*.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();

        // The write that is under way when its sender dies goes on for 8 seconds.
        await Emulator.FaultAsync(new { id = "held", method = "PATCH", path = "*/permissions/table/big.*", holdSeconds = 8, skip = 40, times = 1 });
        var id = await host.PostAsync(Payload.Catalog("big"));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(60), _ => host.Log);

        await host.KillAndRestartAsync();
        var task = await host.EndOfAsync(id, seconds: 180);

        Assert.Equal("SUCCESS", (string?)task["status"]);
        Assert.Equal(1 + 4 + 200, (int)task["progress"]!["done"]!);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        for (var table = 0; table < 200; table++)
        {
            Assert.True(await Emulator.HoldsAsync("table", $"big.schema_{table / 50:0000}.table_{table % 50:00000}", "analysts", "SELECT"));
        }

        var names = (await host.ResourcesAsync(id)).Select(item => (string)item!["fullName"]!).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public async Task A_thousand_tasks_for_one_table_share_the_next_run_which_sees_the_new_policy()
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Sync:ParentUse", "false"));
        await Emulator.FaultAsync(new { id = "held", method = "GET", path = "*/permissions/table/main.sales.customers", holdUntilReleased = true, times = 1 });
        var first = await host.PostAsync(Payload.Table("main.sales.customers"));
        await Wait.ForAsync(() => Emulator.HeldAsync("held"), held => held == 1, TimeSpan.FromSeconds(30), _ => host.Log);

        Policies.Allow("read too", "main.sales.customers", "select", "@finance-team").Publish();
        var others = new List<string>();
        foreach (var lot in Enumerable.Range(0, 999).Chunk(50))
        {
            others.AddRange(await Task.WhenAll(lot.Select(_ => host.PostAsync(Payload.Table("main.sales.customers")))));
        }

        // A silo joins so many at a time; whoever joined after the release would rightly have a run after that.
        await Wait.ForAsync(
            () => host.TotalAsync("policysync_runs_coalesced_total"), joined => joined == 998, TimeSpan.FromSeconds(60), joined => $"{joined} joined");
        await Emulator.ReleaseAsync("held");
        var ends = new List<System.Text.Json.Nodes.JsonNode>();
        foreach (var lot in others.Prepend(first).Chunk(20))
        {
            ends.AddRange(await Task.WhenAll(lot.Select(id => host.EndOfAsync(id))));
        }

        Assert.All(ends, task => Assert.Equal("SUCCESS", (string?)task["status"]));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "finance-team", "SELECT"));
        var patches = await Emulator.CallsAsync("PATCH");
        Assert.Equal(2, patches.Count);
        Assert.Contains("analysts", patches[0].Body, StringComparison.Ordinal);
        Assert.Contains("finance-team", patches[1].Body, StringComparison.Ordinal);
        // A run is an opening read, a PATCH and a read-back.
        Assert.Equal(4, (await Emulator.CallsAsync("GET")).Count(call => call.Path.Contains("/permissions/table/", StringComparison.Ordinal)));
    }
}
