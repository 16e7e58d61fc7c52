using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class WaitingForTheEnd
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_caller_that_waits_gets_the_task_when_it_ends_and_reads_the_store_a_few_times()
    {
        await using var world = await World.StartAsync(Arrange);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await held.Reached;

        var waiting = world.Gateway.WaitAsync(task.Id, TimeSpan.FromMinutes(1), CancellationToken.None);
        held.Release();

        Assert.Equal(SyncTaskStatus.Success, (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))!.Status);
    }

    [Fact]
    public async Task At_the_limit_the_task_is_shown_as_it_is()
    {
        await using var world = await World.StartAsync(Arrange);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await held.Reached;

        var shown = await world.Gateway.WaitAsync(task.Id, TimeSpan.FromMilliseconds(200), CancellationToken.None);

        Assert.False(shown!.Status.IsTerminal());
        held.Release();
        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
    }

    [Fact]
    public async Task The_waiting_goes_on_when_the_silo_that_drives_the_task_dies()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(200);
            }, silos: 2);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await held.Reached;

        var waiting = world.Gateway.WaitAsync(task.Id, TimeSpan.FromMinutes(2), CancellationToken.None);
        await world.KillAsync(world.SiloOf(task.Id));
        held.Release();

        Assert.Equal(SyncTaskStatus.Success, (await waiting.WaitAsync(TimeSpan.FromSeconds(100)))!.Status);
    }

    [Fact]
    public async Task There_is_nothing_to_wait_for_where_there_is_no_task()
    {
        await using var world = await World.StartAsync(Arrange);

        Assert.Null(await world.Gateway.WaitAsync(new TaskId(77), TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, $"{Table} select ann@corp.com");
    }
}
