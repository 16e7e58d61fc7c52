using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>A container that is synced by itself: its own grants and USE, and nothing below it.</summary>
public sealed class SelfOnlySyncs
{
    [Fact]
    public async Task A_catalog_gets_its_own_grants_and_nothing_below_it_is_listed_or_read()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(Request(["catalog main"]));

        Assert.Equal((SyncTaskStatus.Success, new TaskProgress { Discovered = 1, Total = 1, Done = 1, Changed = 1 }), (task.Status, task.Progress));
        Assert.Equal(("catalog", "main", true), (world.ResultOf(task).Type, world.ResultOf(task).FullName, world.ResultOf(task).SelfOnly));
        Assert.Equal("ann@corp.com:USE_CATALOG carl@corp.com:CREATE_SCHEMA,USE_CATALOG", world.Catalog.GrantsOn("catalog main"));
        Assert.All(world.Catalog.Calls, call => Assert.Equal("main", call.On!.FullName));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.List);
    }

    [Fact]
    public async Task A_schema_gets_its_own_grants_and_USE_on_its_catalog_and_costs_no_more_calls_than_a_table()
    {
        await using var world = await World.StartAsync(Arrange);

        await world.RunAsync(Request(["schema main.a"]));

        Assert.Equal(
            ["PATCH catalog main ann@corp.com:+USE_CATALOG", "PATCH schema main.a ann@corp.com:+USE_SCHEMA"],
            world.Catalog.Writes.Select(call => call.ToString().Replace(" carl@corp.com:+USE_CATALOG", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.List || call.On!.FullName == "main.a.t");
        var ofSchema = world.Catalog.Calls.Count;
        world.Catalog.Forget();
        await world.RunAsync("table main.a.t");
        Assert.InRange(ofSchema, 1, world.Catalog.Calls.Count + 2); // the catalog's USE was granted before the table's turn
    }

    [Fact]
    public async Task USE_that_is_not_wanted_any_more_goes_in_a_second_change_as_after_a_walk()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync("schema main.a");
        world.Policies.Set(2, "table main.a.* select bob@corp.com", "table main.b.* select ann@corp.com", "catalog main create_schema carl@corp.com");
        world.Catalog.Forget();

        var task = await world.RunAsync(Request(["schema main.a"]));

        Assert.Equal(
            ["bob@corp.com:+USE_SCHEMA", "ann@corp.com:-USE_SCHEMA"],
            world.Catalog.Writes.Where(call => call.On!.FullName == "main.a").Select(call => call.Detail));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.a.t"));
        Assert.Equal((2, true), (world.ResultOf(task).ChangeCount, world.ResultOf(task).SelfOnly));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_walk_of_the_same_container_is_not_replaced_by_a_self_only_sync_whichever_is_named_first(bool selfFirst)
    {
        await using var world = await World.StartAsync(Arrange);
        RequestedResource[] both = [Self("schema main.a"), Support.Resources.Requested("schema main.a")];

        var task = await world.RunAsync(World.Request() with { Resources = selfFirst ? both : [.. both.Reverse()] });

        Assert.Equal(["schema main.a", "table main.a.t", "table main.a.u"], Names(world, task));
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.False(result.SelfOnly));
    }

    [Fact]
    public async Task What_is_named_below_a_self_only_container_is_synced_too()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(Request(["catalog main", "schema main.a"], "table main.a.t", "schema main.b"));

        Assert.Equal(["catalog main", "schema main.a", "table main.a.t", "schema main.b", "table main.b.t"], Names(world, task));
        Assert.Equal([true, true, false, false, false], world.Store.ResultsOf(task.Id).Select(result => result.SelfOnly));
        Assert.Equal(new TaskProgress { Discovered = 5, Total = 5, Done = 5, Changed = 5 }, task.Progress);
        Assert.Equal("", world.Catalog.GrantsOn("table main.a.u"));
    }

    [Fact]
    public async Task A_self_only_sync_below_a_walked_container_is_done_by_the_walk()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(Request(["schema main.a"], "catalog main"));

        Assert.Equal(["catalog main", "schema main.a", "table main.a.t", "table main.a.u", "schema main.b", "table main.b.t"], Names(world, task));
    }

    [Fact]
    public async Task A_walk_and_a_self_only_sync_at_the_same_time_each_do_what_they_were_asked()
    {
        await using var world = await World.StartAsync(Arrange);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "schema main.a");

        var first = await world.SubmitAsync(Request(["schema main.a"]));
        await hold.Reached;
        var walk = await world.SubmitAsync("schema main.a");
        var self = await world.SubmitAsync(Request(["schema main.a"]));
        hold.Release();

        await world.EndOfAsync(first.Id);
        Assert.Equal(["schema main.a"], Names(world, await world.EndOfAsync(self.Id)));
        Assert.Equal(["schema main.a", "table main.a.t", "table main.a.u"], Names(world, await world.EndOfAsync(walk.Id)));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.a.t"));
    }

    [Fact]
    public async Task A_container_of_which_only_the_contents_are_managed_is_skipped()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Sync.Managed.Securables.Include.Clear();
            world.Sync.Managed.Securables.Include.Add("main.a.*");
        });

        var task = await world.RunAsync(Request(["schema main.a"]));

        Assert.Equal((SyncTaskStatus.Skipped, SyncErrorCode.NotManaged), (task.Status, world.ResultOf(task).Error!.Code));
        Assert.Empty(world.Catalog.Calls);
    }

    [Fact]
    public async Task The_planned_calls_of_a_dry_run_are_those_of_the_container_alone()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(Request(["catalog main"]) with { DryRun = true });

        Assert.Empty(world.Catalog.Writes);
        var call = Assert.Single(world.ResultOf(task).PlannedCalls);
        Assert.EndsWith("main", call.Path, StringComparison.Ordinal);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add("table main.a.t", "table main.a.u", "table main.b.t");
        world.Policies.Set(1, "table main.a.* select ann@corp.com", "table main.b.* select ann@corp.com", "catalog main create_schema carl@corp.com");
    }

    private static RequestedResource Self(string resource) => Support.Resources.Requested(resource) with { SelfOnly = true };

    private static SyncRequest Request(string[] self, params string[] whole) =>
        World.Request(whole) with { Resources = [.. self.Select(Self), .. World.Request(whole).Resources] };

    private static IEnumerable<string> Names(World world, SyncTask task) => world.Store.ResultsOf(task.Id).Select(result => $"{result.Type} {result.FullName}");
}
