using PolicySync.Core.Tasks;
using PolicySync.Core.Telemetry;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Coalescing
{
    private const string Table = "table main.sales.orders";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_thousand_tasks_during_a_run_share_the_next_one_which_sees_the_new_policy()
    {
        await using var world = await World.StartAsync(Arrange);
        using var coalesced = world.Count(MetricNames.RunsCoalesced);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var first = await world.SubmitAsync(Table);
        await hold.Reached;

        var others = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => world.SubmitAsync(Table)));
        // A silo joins so many at a time; whoever joined after the release would rightly have a run after that.
        await World.UntilAsync(() => coalesced.Value == 999, "all to have joined the next run");
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        hold.Release();

        Assert.Equal(1, (await world.EndOfAsync(first.Id)).PolicyVersion);
        foreach (var other in others)
        {
            var ended = await world.EndOfAsync(other.Id);
            Assert.Equal((SyncTaskStatus.Success, 2L), (ended.Status, ended.PolicyVersion!.Value));
        }

        Assert.Equal(2, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Get && call.On!.ToString() == Table));
        Assert.Equal(["ann@corp.com:+SELECT", "ann@corp.com:-SELECT bob@corp.com:+SELECT"], world.Catalog.WritesTo("main.sales.orders"));
        Assert.Equal(0, world.Catalog.Overlaps);
    }

    [Fact]
    public async Task A_dry_run_never_shares_a_run_with_a_writing_one()
    {
        await using var world = await World.StartAsync(Arrange);
        var grain = await OccupyAsync(world);

        var dry = await grain.RunAsync(Request(dryRun: true), TimeSpan.Zero);
        var writing = await grain.RunAsync(Request(), TimeSpan.Zero);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        world.Released();

        Assert.Equal("would grant 1, would revoke 1", (await grain.WaitAsync(dry.Ticket!, Long)).Result!.Message);
        Assert.Equal("granted 1, revoked 1", (await grain.WaitAsync(writing.Ticket!, Long)).Result!.Message);
    }

    [Fact]
    public async Task A_run_with_leave_to_revoke_much_is_not_shared_with_one_without()
    {
        await using var world = await World.StartAsync(Arrange);
        var grain = await OccupyAsync(world);

        var one = grain.RunAsync(Request(), TimeSpan.Zero);
        var allowed = grain.RunAsync(Request() with { AllowRevoke = true }, TimeSpan.Zero);
        var again = grain.RunAsync(Request(), TimeSpan.Zero);

        Assert.NotEqual((await one).Ticket, (await allowed).Ticket);
        Assert.Equal((await one).Ticket, (await again).Ticket);
        world.Released();
    }

    [Fact]
    public async Task A_pending_full_run_serves_those_who_need_only_use_and_not_the_reverse()
    {
        await using var world = await World.StartAsync(Arrange);
        var schema = Support.Resources.Parse("schema main.sales");
        var grain = world.Cluster.Client.GetGrain<IResourceGrain>(ResourceKey.Of("test", schema));
        var request = new RunRequest { Securable = schema, TaskId = 1, ParentsDone = true };
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Get, "schema main.sales");
        var running = grain.RunAsync(request, Long);
        await hold.Reached;

        var useBefore = (await grain.RunAsync(request with { Scope = RunScope.UseAdditions }, TimeSpan.Zero)).Ticket;
        var full = (await grain.RunAsync(request, TimeSpan.Zero)).Ticket;
        var useAfter = (await grain.RunAsync(request with { Scope = RunScope.UseAdditions }, TimeSpan.Zero)).Ticket;

        Assert.NotEqual(useBefore, full); // what was asked for only USE does not do the whole
        Assert.Equal(useBefore, useAfter);
        hold.Release();
        await running;
        Assert.NotNull((await grain.WaitAsync(full!, Long)).Result);
    }

    [Fact]
    public async Task Use_is_served_by_a_full_run_that_waits()
    {
        await using var world = await World.StartAsync(Arrange);
        var schema = Support.Resources.Parse("schema main.sales");
        var grain = world.Cluster.Client.GetGrain<IResourceGrain>(ResourceKey.Of("test", schema));
        var request = new RunRequest { Securable = schema, TaskId = 1, ParentsDone = true };
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Get, "schema main.sales");
        _ = grain.RunAsync(request, TimeSpan.Zero);
        await hold.Reached;

        var full = (await grain.RunAsync(request, TimeSpan.Zero)).Ticket;
        var use = (await grain.RunAsync(request with { Scope = RunScope.UseAdditions }, TimeSpan.Zero)).Ticket;

        Assert.Equal(full, use);
        hold.Release();
        await grain.WaitAsync(full!, Long);
    }

    [Fact]
    public async Task A_task_has_joined_before_its_start_returns()
    {
        await using var world = await World.StartAsync(Arrange);
        var grain = await OccupyAsync(world);

        var task = await world.SubmitAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        world.Released();

        // Had it joined later, a third run would have served it.
        Assert.Equal(2, (await world.EndOfAsync(task.Id)).PolicyVersion);
        Assert.Equal(2, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Get && call.On!.ToString() == Table));
    }

    [Fact]
    public async Task A_function_and_a_model_of_one_name_take_turns_and_do_not_share_a_run()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("function main.ml.score", "model main.ml.score");
            world.Policies.Set(1, "function main.ml.score execute ann@corp.com", "model main.ml.score execute bob@corp.com");
            world.Sync.ParentUse = false;
        });

        var task = await world.RunAsync("function main.ml.score", "model main.ml.score");

        Assert.Equal(2, task.Progress.Done);
        Assert.Equal(2, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Get));
        Assert.Equal(0, world.Catalog.Overlaps);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }

    private static RunRequest Request(bool dryRun = false) => new()
    {
        Securable = Support.Resources.Parse(Table), TaskId = 1, DryRun = dryRun, ParentsDone = true,
    };

    // A run that is under way until the world releases it.
    private static async Task<IResourceGrain> OccupyAsync(World world)
    {
        var grain = world.Cluster.Client.GetGrain<IResourceGrain>(ResourceKey.Of("test", Support.Resources.Parse(Table)));
        world.Held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        _ = await grain.RunAsync(Request(), TimeSpan.Zero);
        await world.Held.Reached;
        return grain;
    }
}
