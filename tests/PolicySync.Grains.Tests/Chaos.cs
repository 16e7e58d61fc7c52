using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Chaos
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_silo_dies_each_accepted_task_ends_and_writes_never_overlap(int seed)
    {
        var random = new Random(seed);
        await using var world = await World.StartAsync(
            world =>
            {
                world.ResponseTimeout = TimeSpan.FromSeconds(5);
                world.Workspace.WriteTimeout = TimeSpan.FromSeconds(1);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
                world.Catalog.PageSize = 20;
                world.Catalog.Latency = () => TimeSpan.FromMilliseconds(random.Next(20));
                for (var schema = 0; schema < 3; schema++)
                {
                    world.Catalog.Add([.. Enumerable.Range(0, 40).Select(n => $"table main.s{schema}.t{n:00}")]);
                }

                world.Policies.Set(1, "table main.*.* select ann@corp.com");
            },
            silos: 3);
        var accepted = new List<SyncTask>();
        for (var round = 2; round < 5; round++)
        {
            world.Policies.Set(round, $"table main.*.* select {(round % 2 == 0 ? "bob" : "ann")}@corp.com");
            accepted.Add(await world.SubmitAsync("catalog main"));
            accepted.AddRange(await Task.WhenAll(Enumerable.Range(0, 20).Select(n => world.SubmitAsync($"table main.s{n % 3}.t{n:00}"))));
            await Task.Delay(random.Next(400));
            var silos = world.Cluster.Silos;
            await world.KillAsync(silos[random.Next(silos.Count)]);
            await world.Cluster.StartAdditionalSiloAsync();
        }

        foreach (var task in accepted)
        {
            Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        }

        var last = await world.RunAsync("catalog main");
        Assert.Equal((124L, 0L), (last.Progress.Done, last.Progress.Failed));
        Assert.Equal(124, world.Store.ResultsOf(last.Id).Select(result => result.FullName).Distinct().Count());
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn("table main.s1.t17"));
        Assert.Equal("bob@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.s2"));
        Assert.Equal(0, world.Catalog.Overlaps);
        Assert.Empty(world.Store.Open);
    }
}
