using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>Memory does not grow with what a task walks. <c>deploy/dev.sh heap</c> runs this and prints the figures.</summary>
public sealed class MemoryTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    [Fact]
    [Trait("Category", "Heap")]
    [Trait("Category", "Long")]
    public async Task The_heap_after_a_walk_of_10000_tables_differs_by_under_20_MiB_from_one_of_2000()
    {
        await Emulator.GenerateAsync("small", schemas: 2, tablesPerSchema: 1_000);
        await Emulator.GenerateAsync("large", schemas: 10, tablesPerSchema: 1_000);
        Policies.Allow("read some", "small|large.*.table_0000?", "select", "@analysts").Publish();
        var host = await StartHostAsync(("Workspace:MaxConcurrency", "32"));

        var small = await WalkAsync(host, "small", 2_000);
        var large = await WalkAsync(host, "large", 10_000);

        output.WriteLine($"managed heap after a forced collection: {small} after 2,000 tables, {large} after 10,000; limit of the difference: 20 MiB");
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
