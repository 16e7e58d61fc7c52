using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>The schedule that verifies by itself.</summary>
public sealed class VerifyRounds
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_round_is_an_ordinary_task_that_says_where_it_comes_from()
    {
        await using var world = await World.StartFrozenAsync(Arrange);

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "a round");

        var task = await world.PassUntilEndAsync(world.Store.All[0].Id);
        Assert.Equal(("VERIFY", "verify"), (task.Request.Type, task.Request.Event!.Source));
        Assert.Equal(["catalog hr", "catalog main"], task.Request.Resources.Select(resource => $"{resource.Type} {resource.Values["catalog"]}"));
        Assert.Equal(SyncTaskOutcome.Drifted, task.Outcome);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_round_that_repairs_writes_only_where_something_differs()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Verify.Repair = true;
            world.Catalog.Grant("table main.sales.t2", "ann@corp.com", "SELECT");
            world.Catalog.Grant("schema main.sales", "ann@corp.com", "USE_SCHEMA");
            world.Catalog.Grant("catalog main", "ann@corp.com", "USE_CATALOG");
        });

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "a round");
        await world.PassUntilEndAsync(world.Store.All[0].Id);

        Assert.Equal(["PATCH table main.sales.t1 ann@corp.com:+SELECT"], world.Catalog.Writes.Select(call => call.ToString()));
    }

    [Fact]
    public async Task Rounds_come_at_their_time_once_however_many_silos_there_are()
    {
        await using var world = await World.StartFrozenAsync(Arrange, silos: 2);

        for (var round = 1; round <= 3; round++)
        {
            await world.PassUntilAsync(() => world.Store.All.Count == round, $"round {round}", step: TimeSpan.FromMinutes(5));
            await world.PassUntilEndAsync(world.Store.All[^1].Id);
        }

        var begun = world.Store.All.Select(task => task.CreateTime).ToList();
        Assert.All(begun.Zip(begun.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, Every, Every + TimeSpan.FromMinutes(11)));
    }

    [Fact]
    public async Task A_round_waits_for_the_tasks_of_the_one_before()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Held = world.Catalog.HoldNext(FakeUnityCatalog.Read, "catalog hr");
        });
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "a round");
        await world.Held!.Reached;

        await world.PassAsync(Every * 3, step: TimeSpan.FromMinutes(20));
        Assert.Single(world.Store.All);

        world.Released();
        await world.PassUntilAsync(() => world.Store.All.Count == 2, "the next round", step: TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_round_that_cannot_be_begun_is_begun_when_it_can()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.FailNext(FakeUnityCatalog.List, "", new SyncException(SyncErrorCode.Throttled, "HTTP 429"), times: 2);
        });

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "a round", step: TimeSpan.FromSeconds(5));
        Assert.Equal(2, world.Store.All[0].Request.Resources.Count);
    }

    [Theory]
    [InlineData("main", "main")]
    [InlineData("m*", "main")]
    [InlineData("*.sales", "main.sales")]
    [InlineData("main.*|hr", "hr main.empty main.sales")]
    [InlineData("nothing", "")]
    [InlineData("", "hr main")]
    public async Task Scopes_are_the_catalogs_and_schemas_of_today_that_are_managed(string scopes, string expected)
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.Add("catalog system", "schema main.information_schema", "schema main.empty", "catalog off", "schema off.sales");
            world.Sync.Managed.Securables.Exclude.Add("off");
            foreach (var scope in scopes.Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                world.Verify.Scopes.Add(scope);
            }
        });

        await world.PassUntilAsync(() => world.States.Writes.Count(name => name.StartsWith("verify", StringComparison.Ordinal)) >= 2, "the round");

        Assert.Equal(expected, string.Join(' ', world.Store.All.SelectMany(task => task.Request.Resources)
            .Select(resource => string.Join('.', resource.Values.Values))));
    }

    [Fact]
    public async Task Without_an_interval_there_are_no_rounds()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Verify.Every = null;
        });

        await world.PassAsync(TimeSpan.FromDays(2), step: TimeSpan.FromHours(4));

        Assert.Empty(world.Store.All);
        Assert.Empty(world.Catalog.Calls);
    }

    [Fact]
    public async Task After_a_restart_rounds_go_on_from_the_last_one()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            // What an earlier process wrote.
            world.States.Write("verify test", """{"began":"2026-03-01T11:30:00+00:00","isOpen":false,"tasks":[]}""");
        });

        await world.PassAsync(TimeSpan.FromMinutes(28), step: TimeSpan.FromMinutes(7));
        Assert.Empty(world.Store.All);

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the round", step: TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_round_whose_silo_died_before_its_tasks_were_written_down_is_begun_again()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.States.Write("verify test", """{"began":"2026-03-01T11:59:00+00:00","isOpen":true}""");
        });

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the round");
    }

    private static void Arrange(World world)
    {
        world.Verify.Every = Every;
        world.Catalog.Add("table main.sales.t1", "table main.sales.t2", "catalog hr");
        world.Policies.Set(1, "table main.sales.* select ann@corp.com");
    }
}
