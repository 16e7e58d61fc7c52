using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class TrueProgress
{
    [Fact]
    public async Task Of_named_securables_the_total_is_known_from_the_first_answer()
    {
        await using var world = await World.StartAsync(Arrange);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.a.t0");

        var task = await world.SubmitAsync(World.Request("table main.a.t0", "table main.a.t1") with
        {
            Resources = [.. World.Request("table main.a.t0", "table main.a.t1").Resources, new RequestedResource("cluster", new Dictionary<string, string>())],
        });
        await held.Reached;
        var shown = await world.Gateway.FindAsync(task.Id, CancellationToken.None);

        Assert.Equal((3L, 3L), (shown!.Progress.Discovered, shown.Progress.Total!.Value));
        held.Release();
        Assert.Equal(3, (await world.EndOfAsync(task.Id)).Progress.Total);
    }

    [Fact]
    public async Task In_a_walk_no_count_falls_and_the_total_is_set_once_and_right()
    {
        await using var world = await World.StartAsync(Arrange);
        var task = await world.SubmitAsync("catalog main", "table other.x.t", "schema third.s");
        var seen = new List<TaskProgress>();
        SyncTask? shown;
        do
        {
            shown = await world.Gateway.FindAsync(task.Id, CancellationToken.None);
            seen.Add(shown!.Progress);
        }
        while (!shown.Status.IsTerminal());

        Assert.All(seen.Zip(seen.Skip(1)), pair =>
        {
            var (before, after) = pair;
            Assert.True(before.Discovered <= after.Discovered && before.Done <= after.Done && before.Changed <= after.Changed, $"{before} {after}");
            Assert.True(before.Total is null || before.Total == after.Total, $"{before} {after}");
            Assert.True(after.Done <= after.Discovered && after.Discovered <= (after.Total ?? long.MaxValue), $"{after}");
        });
        var ended = shown.Progress;
        Assert.Equal((ended.Done, (long?)ended.Done), (ended.Discovered, ended.Total));
        Assert.Equal(1 + 3 + 3 * 40 + 1 + 2, ended.Done);
        Assert.Contains(seen, progress => progress is { Total: null, Discovered: > 40 });
    }

    [Fact]
    public async Task A_securable_that_ended_counts_at_once_although_its_chunk_has_not_ended()
    {
        await using var world = await World.StartAsync(Arrange);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.a.t0");
        var task = await world.SubmitAsync("schema main.a");
        await held.Reached;

        await World.UntilAsync(() => world.Gateway.FindAsync(task.Id, CancellationToken.None).Result!.Progress.Done == 25, "all but one of the first page");

        held.Release();
        Assert.Equal(41, (await world.EndOfAsync(task.Id)).Progress.Done);
    }

    [Fact]
    public async Task Results_of_a_chunk_that_takes_long_are_listed_before_its_end()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var first = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.a.t29");
        var last = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.a.t30");
        var task = await world.SubmitAsync("schema main.a");
        await world.PassUntilAsync(() => first.Reached.IsCompleted && last.Reached.IsCompleted, "two tables that take long", TimeSpan.FromSeconds(1));
        await world.PassAsync(TimeSpan.FromSeconds(3));
        first.Release();

        await world.PassUntilAsync(() => world.Store.ResultsOf(task.Id).Count > 1, "results of tables beside the schema's own");

        last.Release();
        var ended = await world.PassUntilEndAsync(task.Id);
        Assert.Equal(41, world.Store.ResultsOf(ended.Id).Select(result => result.FullName).Distinct(StringComparer.Ordinal).Count());
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add([
            .. new[] { "a", "b", "c" }.SelectMany(schema => Enumerable.Range(0, 40).Select(n => $"table main.{schema}.t{n}")),
            "table other.x.t", "table third.s.t"]);
        world.Catalog.PageSize = 25;
        world.Policies.Set(1, "table main.*.* select ann@corp.com");
    }
}
