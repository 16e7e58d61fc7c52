using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Memory
{
    [Fact]
    public async Task A_walk_of_two_thousand_tables_leaves_no_activations_behind()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 2_000).Select(n => $"table main.a.t{n:0000}")]);
            world.Catalog.PageSize = 100;
            world.Policies.Set(1, "table main.a.* select ann@corp.com");
        });

        var task = await world.SubmitAsync("schema main.a");
        var most = 0;
        while (!(await world.Store.FindAsync(task.Id, CancellationToken.None))!.Status.IsTerminal())
        {
            most = Math.Max(most, world.Activations("ResourceGrain"));
            await Task.Delay(20);
        }

        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        Assert.InRange(most, 1, 400);
        await World.UntilAsync(() => world.Activations("ResourceGrain") == 0, "the tables to leave memory");
    }

    [Fact]
    public async Task More_walks_than_pages_may_be_held_all_come_to_their_end()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 100).Select(n => $"table main.s{n}.t")]);
            world.Policies.Set(1, "table main.*.t select ann@corp.com");
        });

        var tasks = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => world.SubmitAsync($"schema main.s{n}")));

        foreach (var task in tasks)
        {
            Assert.Equal(2, (await world.EndOfAsync(task.Id)).Progress.Done);
        }
    }
}
