using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PolicySync.Core.Errors;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Recovery
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task Open_tasks_of_the_store_are_started_as_soon_as_the_process_is()
    {
        var left = new List<SyncTask>();
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            for (var i = 0; i < 500; i++)
            {
                left.Add(world.Store.AcceptAsync(World.Request(Table), CancellationToken.None).Result);
            }
        });

        foreach (var task in left)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        }

        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");
        await World.UntilAsync(() => world.Activations("SyncTaskGrain") == 0, "the tasks to leave memory");
    }

    [Fact]
    public async Task A_task_that_cannot_be_started_does_not_keep_the_others_from_it()
    {
        TaskId good = default;
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            var bad = world.Store.AcceptAsync(World.Request(Table), CancellationToken.None).Result;
            world.Store.Put(bad with { Cursor = "not a cursor" }, isOpen: true);
            good = world.Store.AcceptAsync(World.Request(Table), CancellationToken.None).Result.Id;
        });

        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(good)).Status);
    }

    [Fact]
    public async Task A_task_that_was_finished_but_is_still_among_the_open_ones_is_finished_once_more()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.RecoveryPeriod = TimeSpan.FromMilliseconds(200);
        });
        var failures = 1;
        world.Store.Trouble = (what, _) => what == "finish half" && failures-- > 0 ? new InvalidOperationException("crash") : null;

        var task = await world.RunAsync(Table);
        await World.UntilAsync(() => world.Store.Open.Count == 0, "no open rows");

        Assert.Equal(task, await world.Store.FindAsync(task.Id, CancellationToken.None));
        Assert.Single(world.Store.ResultsOf(task.Id));
        world.Errors.Clear();
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_waited_for()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var failures = 5;
        world.Store.Trouble = (what, _) => what is "results" or "finish" && failures-- > 0 ? KeptTasks.Down : null;

        var task = await world.SubmitAsync(Table);
        task = await world.PassUntilEndAsync(task.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Single(world.Store.ResultsOf(task.Id));
    }

    [Fact]
    public async Task An_ended_task_is_not_shown_as_ended_before_that_is_durable()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Store.Trouble = (what, _) => what == "finish" ? KeptTasks.Down : null;
        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Store.Log.Contains("results 0+1"), "the result");
        await World.SettleAsync();

        Assert.False((await world.Gateway.FindAsync(task.Id, CancellationToken.None))!.Status.IsTerminal());
        world.Store.Trouble = null;
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
    }

    [Fact]
    public async Task A_task_whose_store_did_not_answer_at_first_is_driven_once_however_many_ask()
    {
        await using var world = await World.StartAsync(Arrange);
        var task = await world.Store.AcceptAsync(World.Request(Table), CancellationToken.None);
        var failures = 20;
        world.Store.Trouble = (what, _) => what == "find" && failures-- > 0 ? KeptTasks.Down : null;
        var grain = world.Cluster.Client.GetGrain<ISyncTaskGrain>(task.Id.Value);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            try
            {
                await grain.StartAsync();
            }
            catch (SyncException e)
            {
                Assert.Equal(SyncErrorCode.Unavailable, e.Code);
            }
        }));
        await grain.StartAsync();
        await world.EndOfAsync(task.Id);

        Assert.Single(world.Store.Log, write => write.StartsWith("results", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_is_shut_down_leaves_its_tasks_open_and_another_ends_them()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
            },
            silos: 2);
        world.Policies.Failure = FakePolicies.Gone; // the tasks wait
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.SubmitAsync(Table)));

        await world.Cluster.StopSiloAsync(world.SiloOf(tasks[0].Id));
        Assert.Equal(20, world.Store.Open.Count);
        world.Policies.Failure = null;

        foreach (var task in tasks)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        }
    }

    [Fact]
    public async Task Tasks_of_a_silo_that_lives_and_does_not_look_after_them_are_started_by_another()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(100);
                world.LastResortPeriod = TimeSpan.FromMilliseconds(500);
            },
            silos: 2);
        world.Blind(world.Cluster.Silos.MinBy(silo => silo.SiloAddress)!); // the keeper of the one lane that these tasks are in

        var tasks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Store.AcceptAsync(World.Request(Table), CancellationToken.None)));

        Assert.All(tasks, task => Assert.Equal(0, task.Id.Lane));
        foreach (var task in tasks)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        }
    }

    [Fact]
    public async Task The_last_silo_leaves_its_tasks_open_too()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Policies.Failure = FakePolicies.Gone;
        var task = await world.SubmitAsync(Table);

        await world.Cluster.StopSiloAsync(world.Cluster.Silos[0]);

        Assert.Equal(task.Id, Assert.Single(world.Store.Open));
        Assert.False((await world.Store.FindAsync(task.Id, CancellationToken.None))!.Status.IsTerminal());
    }

    [Fact]
    public async Task A_task_that_reaches_MaxAge_fails_as_too_old()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Tasks.MaxAge = TimeSpan.FromMinutes(10);
            world.PoliciesOptions.MaxWait = TimeSpan.FromHours(1);
        });
        world.Policies.Failure = FakePolicies.Gone;

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id, TimeSpan.FromSeconds(5));

        Assert.Equal(SyncTaskStatus.Failed, task.Status);
        Assert.StartsWith("TOO_OLD: ", task.Message, StringComparison.Ordinal);
        Assert.Equal(task.CreateTime + TimeSpan.FromMinutes(10), task.EndTime!.Value, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_task_found_too_old_is_ended_without_touching_anything()
    {
        TaskId old = default;
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            var task = world.Store.AcceptAsync(World.Request(Table), CancellationToken.None).Result;
            world.Store.Put(task with { CreateTime = task.CreateTime - TimeSpan.FromDays(2) }, isOpen: true);
            old = task.Id;
        });

        Assert.StartsWith("TOO_OLD: ", (await world.EndOfAsync(old)).Message, StringComparison.Ordinal);
        Assert.Empty(world.Catalog.Calls);
    }

    [Fact]
    public async Task Looking_at_a_task_does_not_keep_it_in_memory()
    {
        await using var world = await World.StartAsync(Arrange);
        var task = await world.Store.AcceptAsync(World.Request(Table), CancellationToken.None);

        Assert.Equal(SyncTaskStatus.New, (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!.Status);

        await World.UntilAsync(() => world.Activations("SyncTaskGrain") == 0, "the task to leave memory");
    }

    [Fact]
    public async Task A_list_of_tasks_shows_open_ones_as_they_stand_and_not_as_the_store_last_heard()
    {
        await using var world = await World.StartAsync(Arrange);
        var ended = await world.RunAsync(Table);
        world.Policies.Failure = FakePolicies.Gone;
        var waiting = await world.SubmitAsync(Table);
        await World.UntilAsync(
            () => world.Gateway.FindAsync(waiting.Id, CancellationToken.None).Result!.Status == SyncTaskStatus.Waiting, "the task to wait");
        var list = new TaskListing(world.Store, world.Cluster.Client, TimeProvider.System, NullLogger<TaskListing>.Instance);

        Assert.Equal(SyncTaskStatus.New, (await world.Store.FindAsync(waiting.Id, CancellationToken.None))!.Status);
        Assert.Equal([waiting.Id], await IdsAsync(list, SyncTaskStatus.Waiting));
        Assert.Empty(await IdsAsync(list, SyncTaskStatus.New));
        Assert.Equal([waiting.Id, ended.Id], await IdsAsync(list, null));
    }

    private static async Task<List<TaskId>> IdsAsync(TaskListing list, SyncTaskStatus? status)
    {
        var ids = new List<TaskId>();
        string? token = null;
        do
        {
            var page = await list.ReadAsync(new TaskFilter { Status = status }, SecurableRights.All, 1, token, CancellationToken.None);
            ids.AddRange(page.Tasks.Select(task => task.Id));
            token = page.NextPageToken;
        }
        while (token is not null);
        return ids;
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
