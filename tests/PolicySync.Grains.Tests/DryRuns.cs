using System.Text.Json;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What a dry run says is what a writing run sends, call by call.</summary>
public sealed class DryRuns
{
    // Before: dan has everything that policy used to give, which goes; eve's grant is somebody else's.
    private static readonly string[] Before =
    [
        "table main.a.* select dan@corp.com", "schema main.b create_table dan@corp.com", "table main.a.t1 modify ann@corp.com",
    ];

    private static readonly string[] After =
    [
        "table main.a.t1 select ann@corp.com", "table main.b.* select,modify bob@corp.com", "catalog main browse,create_schema carl@corp.com",
    ];

    public static TheoryData<string[]> Targets() => [["catalog main"], ["schema main.a"], ["table main.a.t1"], ["table main.b.t3", "table main.a.t1", "table main.a.t2"]];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Sent_by_hand_in_their_order_the_planned_calls_do_what_the_run_does(string[] targets)
    {
        await using var dry = await PreparedAsync();
        await using var real = await PreparedAsync();

        var planned = PlanOf(dry, await dry.RunAsync(World.Request(targets) with { DryRun = true }));
        await real.RunAsync(targets);

        Assert.Empty(dry.Catalog.Writes);
        Assert.NotEmpty(planned);
        // Securables are synced several at a time; on each of them the calls are the same, in the same order.
        Assert.Equal(
            BySecurable(real.Catalog.Writes.Select(call => (call.On!.ToString(), call.Detail))), BySecurable(planned));
    }

    [Fact]
    public async Task A_call_on_a_container_that_targets_share_is_planned_once()
    {
        await using var world = await PreparedAsync();

        var task = await world.RunAsync(World.Request("table main.b.t3", "table main.b.t4") with { DryRun = true });

        var planned = PlanOf(world, task);
        Assert.Equal(planned.Distinct(), planned);
        Assert.Equal("catalog main", planned[0].On);
    }

    [Fact]
    public async Task A_run_in_sync_plans_no_call_and_a_writing_run_tells_of_none()
    {
        await using var world = await PreparedAsync();

        var real = await world.RunAsync("catalog main");
        var dry = await world.RunAsync(World.Request("catalog main") with { DryRun = true });

        Assert.All(world.Store.ResultsOf(real.Id), result => Assert.Equal(0, result.PlannedCallCount));
        Assert.All(world.Store.ResultsOf(dry.Id), result => Assert.Equal(0, result.PlannedCallCount));
    }

    private static async Task<World> PreparedAsync()
    {
        var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.a.t2", "table main.b.t3", "table main.b.t4");
            world.Policies.Set(1, Before);
        });
        await world.RunAsync("catalog main");
        world.Catalog.Grant("table main.a.t1", "eve@corp.com", "SELECT");
        world.Policies.Set(2, After);
        world.Catalog.Forget();
        return world;
    }

    // Results in their order: a container before what is below it, and what comes after its children at the end.
    private static List<(string On, string Change)> PlanOf(World world, SyncTask task)
    {
        var results = world.Store.ResultsOf(task.Id);
        var before = results.SelectMany(result => result.PlannedCalls.Where(call => !call.AfterChildren));
        var after = results.Reverse().SelectMany(result => result.PlannedCalls.Where(call => call.AfterChildren));
        return [.. before.Concat(after).Select(call => (call.Path, JsonSerializer.Deserialize<string>(call.Body)!))];
    }

    private static IEnumerable<string> BySecurable(IEnumerable<(string On, string Change)> calls) => calls
        .GroupBy(call => call.On, call => call.Change, StringComparer.Ordinal)
        .OrderBy(calls => calls.Key, StringComparer.Ordinal)
        .Select(calls => $"{calls.Key}: {string.Join(" | ", calls)}");
}
