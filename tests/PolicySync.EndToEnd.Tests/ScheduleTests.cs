using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Access that policy gives for a time goes when the time is over, though nobody asks for a sync.</summary>
public sealed class ScheduleTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task Access_for_a_time_is_taken_away_by_itself_also_when_the_process_was_killed_in_between()
    {
        Policies.Allow("read", "main.sales.customers", "select", "@finance-team").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Table("main.sales.customers")); // whatever is done once only is done
        var end = TimeProvider.System.GetUtcNow().AddSeconds(20);
        Policies.Allow("read for a while", "main.sales.customers", "select", "@analysts").Until(end).Publish();

        var id = await host.PostAsync(Payload.Table("main.sales.customers"));
        await host.EndOfAsync(id);
        var validUntil = (DateTimeOffset?)(await host.ResourcesAsync(id))[0]!["validUntil"];

        Assert.Equal(end.ToUnixTimeSeconds() + 1, validUntil?.ToUnixTimeSeconds()); // the end itself still belongs to it
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
        await host.KillAndRestartAsync();
        await Wait.ForAsync(
            () => Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"), holds => !holds, TimeSpan.FromSeconds(140), _ => host.Log);

        Assert.InRange(TimeProvider.System.GetUtcNow(), end, end.AddMinutes(2));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "finance-team", "SELECT"));
    }
}
