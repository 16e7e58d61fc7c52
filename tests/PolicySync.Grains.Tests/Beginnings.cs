using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Beginnings
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_task_that_was_just_accepted_runs_without_being_read_from_the_store()
    {
        await using var world = await World.StartAsync(Arrange);
        var reads = 0;
        world.Store.Trouble = (what, _) =>
        {
            reads += what == "find" ? 1 : 0;
            return null;
        };

        await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        Assert.Equal(0, reads);
    }

    [Fact]
    public void A_request_travels_whole()
    {
        var task = new SyncTask
        {
            Id = new TaskId(77),
            CreateTime = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Request = World.Request(Table) with
            {
                DryRun = true,
                AllowRevoke = true,
                Event = new SyncEvent { Id = "e", AppType = "a", AppSubType = "b", Source = "s", CreateTimeJson = "\"now\"" },
            },
        };

        Assert.Equivalent(task, AcceptedTask.Of(task).ToTask(task.Id), strict: true);
    }

    [Fact]
    public void Each_open_task_is_looked_after_by_exactly_one_of_the_active_silos()
    {
        var silos = Enumerable.Range(1, 5).Select(n => SiloAddress.New(IPAddress.Loopback, 1000 + n, n)).ToList();
        var members = silos.ToImmutableDictionary(
            silo => silo, silo => new ClusterMember(silo, silo.Equals(silos[4]) ? SiloStatus.Dead : SiloStatus.Active, silo.ToString()));

        for (var lane = 0; lane < TaskId.Lanes; lane++)
        {
            var id = TaskId.Create(TaskId.Epoch, lane, 1);
            Assert.Single(silos.Take(4), silo => RecoveryShare.Of(silo, members).Holds(id));
        }
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
