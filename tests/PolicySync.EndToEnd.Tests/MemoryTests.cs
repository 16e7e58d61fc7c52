using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Memory does not grow with what a task walks. <c>deploy/dev.sh heap</c> runs this with 10,000 tables and prints the figures.</summary>
public sealed class MemoryTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    [Fact]
    [Trait("Category", "Heap")]
    [Trait("Category", "Long")]
    public async Task The_heap_after_a_walk_of_five_times_the_tables_differs_by_under_20_MiB()
    {
        const int schemas = 10;
        var ofSchema = LargeCount.Value / schemas;
        await Emulator.GenerateAsync("small", schemas / 5, ofSchema);
        await Emulator.GenerateAsync("large", schemas, ofSchema);
        Policies.Allow("read some", "small|large.*.table_0000?", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:MaxConcurrency", "32"));

        var small = await WalkAsync(host, "small", LargeCount.Value / 5);
        var large = await WalkAsync(host, "large", LargeCount.Value);

        output.WriteLine(
            $"managed heap after a forced collection: {small} after {LargeCount.Value / 5:N0} tables, {large} after {LargeCount.Value:N0}; limit of the difference: 20 MiB");
        Assert.InRange(Math.Abs(large.LiveMebi - small.LiveMebi), 0, 20);
    }

    private static async Task<Heap> WalkAsync(Host host, string catalog, int tables)
    {
        var task = await host.EndOfAsync(await host.PostAsync(Payload.Catalog(catalog)), seconds: 600);
        Assert.Equal("SUCCESS", (string?)task["status"]);
        Assert.True((int)task["progress"]!["done"]! > tables);
        return await Heap.SettledAsync(host.HeapAfterCollectionAsync); // walked grains leave within moments of their run
    }
}
