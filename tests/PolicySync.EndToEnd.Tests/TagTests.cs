using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>A tag that somebody assigns in Unity Catalog takes access away where a tag policy of Ranger's says so.</summary>
public sealed class TagTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [Fact]
    public async Task A_column_tagged_in_Unity_Catalog_takes_SELECT_from_whom_a_tag_policy_denies_it_and_the_gap_names_the_policy()
    {
        Policies.Allow("read", "main.sales.customers", "select", "@analysts @finance-team").Allow("read orders", "main.sales.orders", "select", "@analysts")
            .DenyTagged(77, "personal data", "pii", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Tags:Source", "UnityCatalog"));
        await host.RunAsync(Payload.Table("main.sales.customers"));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));

        await Emulator.TagAsync("columns", "main.sales.customers.email", "pii", "email");
        var id = await host.PostAsync(Payload.Table("main.sales.customers"));
        var task = await host.EndOfAsync(id);

        Assert.Equal(("SUCCESS", "SUCCEEDED_WITH_GAPS"), ((string?)task["status"], (string?)task["outcome"]));
        Assert.False(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
        var gap = Assert.Single((await host.ResourcesAsync(id))[0]!["gaps"]!.AsArray(), gap => (string?)gap!["principal"] == "analysts");
        Assert.Equal(("WITHHELD", "SELECT", 77), ((string?)gap!["direction"], (string?)gap["privilege"], (int?)gap["policyId"]));
        Assert.Contains("personal data", (string?)gap["detail"], StringComparison.Ordinal);

        await host.RunAsync(Payload.Table("main.sales.orders"));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.orders", "analysts", "SELECT"));
    }
}
