using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>More tasks than a silo drives at once.</summary>
public sealed class Backlogs
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task What_a_silo_has_no_room_for_stays_open_and_is_begun_when_there_is_room_without_a_look_at_the_store()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, 1);
            world.MaxDrivenTasks = 3;
        });
        world.Policies.Failure = FakePolicies.Gone; // tasks wait

        var tasks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.SubmitAsync(Table)));

        Assert.Equal(5, tasks.Count(task => task.Status == SyncTaskStatus.New));
        Assert.Equal(8, world.Store.Open.Count);
        world.Policies.Failure = null;
        foreach (var task in tasks)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, false)]
    public async Task What_waited_is_read_from_the_store_only_when_another_silo_may_have_begun_it(int leftAloneFor, bool read)
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, 6);
            world.MaxDrivenTasks = 1;
            world.RecoveryMinAge = TimeSpan.FromSeconds(leftAloneFor);
        });
        var finds = 0;
        world.Store.Trouble = (what, _) =>
        {
            finds += what == "find" ? 1 : 0;
            return null;
        };
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Name(0));
        await world.SubmitAsync(Name(0));
        await hold.Reached;
        for (var number = 1; number < 6; number++)
        {
            await world.SubmitAsync(Name(number));
        }

        hold.Release();
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        Assert.Equal(read ? 5 : 0, finds);
    }

    [Fact]
    public async Task Tasks_that_wait_are_begun_in_the_order_in_which_they_came()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, 30);
            world.MaxDrivenTasks = 1;
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Name(0));
        await world.SubmitAsync(Name(0));
        await hold.Reached;
        for (var number = 1; number < 30; number++)
        {
            await world.SubmitAsync(Name(number));
        }

        hold.Release();
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        Assert.Equal(
            Enumerable.Range(0, 30).Select(Name),
            world.Catalog.Calls.Where(call => call.Operation == FakeUnityCatalog.Patch && call.On!.Type == Core.Securables.SecurableType.Table).Select(call => call.On!.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_does_not_wait_for_more_walks_than_there_is_room_for(bool onlyTheStoreKnowsThem)
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, 1);
            world.Catalog.Add([.. Enumerable.Range(0, 6).Select(n => $"table main.s{n}.t")]);
            world.MaxDrivenTasks = 2;
        });
        var holds = Enumerable.Range(0, 6).Select(n => world.Catalog.HoldNext(FakeUnityCatalog.Read, $"schema main.s{n}")).ToList();
        var walks = new List<SyncTask>();
        for (var number = 0; number < 6; number++)
        {
            var schema = $"schema main.s{number}";
            if (onlyTheStoreKnowsThem)
            {
                walks.Add(await world.Store.AcceptAsync(World.Request(schema), CancellationToken.None));
                await world.Cluster.Client.GetGrain<ISyncTaskGrain>(walks[^1].Id.Value).StartAsync();
            }
            else
            {
                walks.Add(await world.SubmitAsync(schema));
            }
        }

        await Task.WhenAll(holds[0].Reached, holds[1].Reached);
        var task = await world.RunAsync(Name(0));

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        await World.UntilAsync(() => world.Store.Open.Count == 6, "the walks alone");
        Assert.All(holds.Skip(2), hold => Assert.False(hold.Reached.IsCompleted));
        holds.ForEach(hold => hold.Release());
        foreach (var walk in walks)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(walk.Id)).Status);
        }
    }

    [Fact]
    public async Task A_task_that_could_not_be_begun_when_its_turn_came_stands_in_line_again()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, 3);
            world.MaxDrivenTasks = 1;
        });
        var finds = 0;
        world.Store.Trouble = (what, _) => what == "find" && ++finds <= 2 ? KeptTasks.Down : null;
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Name(0));
        await world.SubmitAsync(Name(0));
        await hold.Reached;
        await world.SubmitAsync(Name(1));
        await world.SubmitAsync(Name(2));

        hold.Release();
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        Assert.Equal(4, finds);
    }

    [Fact]
    public async Task A_stale_turn_of_a_task_that_has_ended_writes_nothing()
    {
        await using var world = await World.StartAsync(world => Arrange(world, 1));
        var task = await world.RunAsync(Name(0));
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");
        var writes = 0;
        world.Store.Trouble = (what, _) =>
        {
            writes += what == "find" ? 0 : 1;
            return null;
        };

        var view = await world.Cluster.Client.GetGrain<ISyncTaskGrain>(task.Id.Value).StartAsync();

        Assert.Equal((SyncTaskStatus.Success, 0), (view!.Status, writes));
    }

    [Fact]
    public void A_task_that_is_driven_does_not_stand_in_line_besides()
    {
        using var pool = new TaskPool(1);
        Assert.True(pool.TryEnter(Id(1), "a"));

        pool.Enqueue(Id(1), "a", accepted: null);

        Assert.Equal(0, pool.Waiting);
        Assert.False(pool.TryEnter(Id(1), "a"));
    }

    [Fact]
    public async Task A_line_is_entered_once_keeps_its_order_and_takes_no_more_than_it_may()
    {
        using var pool = new TaskPool(2);
        Assert.True(pool.TryEnter(Id(1), "a"));
        Assert.True(pool.TryEnter(Id(2), "a"));
        Assert.False(pool.TryEnter(Id(3), "a"));
        const int most = TaskPool.MaxWaiting / 10 * 9; // of one share
        for (var number = 3; number < most + 10; number++)
        {
            pool.Enqueue(Id(number), "a", accepted: null);
        }

        pool.Enqueue(Id(3), "a", accepted: null);
        Assert.Equal(most, pool.Waiting);
        Assert.False(pool.Has(Id(most + 9)));

        var next = pool.NextAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        pool.Leave(Id(2));
        Assert.Equal(Id(3), (await next).Id);
        Assert.False(pool.TryEnter(Id(most + 9), "a")); // the room is for the one whose turn it is
        Assert.True(pool.TryEnter(Id(3), "a"));
        pool.CompleteTurn(Id(3));
        Assert.False(pool.NextAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task What_a_line_keeps_of_requests_is_bounded_and_what_it_does_not_keep_is_known_by_its_id()
    {
        using var pool = new TaskPool(100);
        var accepted = new AcceptedTask(new byte[1 << 20], DateTimeOffset.UnixEpoch);
        for (var number = 0; number < 40; number++)
        {
            pool.Enqueue(Id(number), "a", accepted);
        }

        var kept = 0;
        for (var number = 0; number < 40; number++)
        {
            var next = await pool.NextAsync(CancellationToken.None);
            Assert.Equal(Id(number), next.Id);
            kept += next.Accepted is null ? 0 : 1;
            pool.CompleteTurn(next.Id);
        }

        Assert.Equal(16, kept);
        pool.Enqueue(Id(77), "a", accepted);
        Assert.NotNull((await pool.NextAsync(CancellationToken.None)).Accepted);
    }

    private static TaskId Id(int number) => new(number + 1_000);

    private static string Name(int number) => $"table main.sales.t{number:00}";

    private static void Arrange(World world, int tables)
    {
        world.Catalog.Add(Table);
        world.Catalog.Add([.. Enumerable.Range(0, tables).Select(Name)]);
        world.Policies.Set(1, "table main.*.* select ann@corp.com");
    }
}
