using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Rounds that find new and recreated objects, by grains over a workspace in memory.</summary>
public sealed class WatchRounds
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_new_table_is_synced_within_two_rounds_and_what_existed_before_is_left()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await RoundsAsync(world, 1);
        Assert.Empty(world.Store.All);

        world.Catalog.Add("table main.sales.t9");
        await RoundsAsync(world, 2);

        var task = await world.PassUntilEndAsync(Assert.Single(world.Store.All).Id);
        Assert.Equal(("RESOURCE_SYNC", "watch", "source watch"), (task.Request.Type, task.Request.Event!.Source, TaskShare.Of(task.Request)));
        Assert.Equal(["table main.sales.t9"], Named(task));
        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.t9"));
        Assert.Equal("", world.Catalog.GrantsOn("table main.sales.t1"));
    }

    [Fact]
    public async Task Containers_are_named_for_new_schemas_and_catalogs_and_what_is_not_managed_is_not()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.Managed.Securables.Exclude.Add("off");
            world.Sync.Managed.Securables.Exclude.Add("main.sales.x*");
        });
        await RoundsAsync(world, 1);

        world.Catalog.Add(
            "table main.new.a", "table fresh.a.b", "table off.a.b", "table system.a.b", "table main.information_schema.v", "table main.policysync_guards.t",
            "table main.sales.x1", "table main.sales.t9");
        await RoundsAsync(world, 2);

        Assert.Equal(["catalog fresh", "schema main.new", "table main.sales.t9"], world.Store.All.SelectMany(Named).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("hr", "")]
    [InlineData("main.sales", "table main.sales.t9")]
    [InlineData("*.fresh", "schema main.fresh schema other.fresh")]
    public async Task Scopes_say_what_is_watched(string scope, string expected)
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Watch.Scopes.Add(scope);
        });
        await RoundsAsync(world, 1);

        world.Catalog.Add("table main.sales.t9", "table main.fresh.a", "table other.fresh.a", "table other.b.a");
        await RoundsAsync(world, 2);

        Assert.Equal(expected, string.Join(' ', world.Store.All.SelectMany(Named).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_guarded_table_that_is_another_under_its_name_or_got_columns_is_synced_and_no_other()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Policies.Set(1, "table main.sales.* select ann@corp.com", "mask main.sales.t1.ssn MASK_NULL ann@corp.com");
            world.Workspace.WarehouseId = "w";
        });
        await world.PassUntilEndAsync((await world.SubmitAsync("table main.sales.t1")).Id);
        await RoundsAsync(world, 3);
        Assert.Single(world.Store.All);

        world.Catalog.Drop("table main.sales.t1");
        world.Catalog.Add("table main.sales.t1"); // between two rounds
        world.Catalog.Update("table main.sales.t2", world.Time.GetUtcNow());
        world.Catalog.Update("table hr.a.t", world.Time.GetUtcNow()); // no guards there
        await RoundsAsync(world, 3);

        Assert.Equal(["table main.sales.t1", "table main.sales.t2"], world.Store.All.Skip(1).SelectMany(Named).Order(StringComparer.Ordinal));
        await world.PassUntilEndAsync(world.Store.All[^1].Id);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.t1"));
    }

    [Fact]
    public async Task What_cannot_be_listed_is_neither_gone_nor_new_afterwards()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await RoundsAsync(world, 1);
        world.Catalog.FailNext(FakeUnityCatalog.Names, "catalog main", new SyncException(SyncErrorCode.Unavailable, "HTTP 503"));
        world.Catalog.FailNext(FakeUnityCatalog.List, "catalog hr", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));
        await RoundsAsync(world, 2);

        Assert.Empty(world.Store.All);
    }

    [Fact]
    public async Task A_damaged_list_of_catalogs_or_names_is_read_again_and_not_believed()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await RoundsAsync(world, 1);
        var hides = true;
        world.Catalog.HiddenFromNames = table => hides && table.CatalogName == "main"; // an empty list, well formed
        await RoundsAsync(world, 1);
        hides = false;
        await RoundsAsync(world, 1);

        Assert.Empty(world.Store.All);
    }

    [Fact]
    public async Task Refused_table_summaries_are_replaced_by_the_lists_of_schemas_and_tried_again_after_an_hour()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.FailNext(FakeUnityCatalog.Names, "catalog main", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"), times: 1);
        });
        await RoundsAsync(world, 1);
        world.Catalog.Add("table main.sales.t9");
        await RoundsAsync(world, 2);

        Assert.Equal(["table main.sales.t9"], world.Store.All.SelectMany(Named));
        Assert.Single(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Names && call.On!.Name == "main");

        await world.PassAsync(TimeSpan.FromHours(1), step: TimeSpan.FromMinutes(1));
        Assert.NotEqual(1, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Names && call.On!.Name == "main"));
        Assert.Single(world.Store.All);
    }

    [Fact]
    public async Task Table_summaries_that_lack_tables_of_a_schema_are_replaced_by_the_lists_of_schemas()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Catalog.HiddenFromNames = table => table.Parts[1] == "hidden"; // the service may not SELECT there
            world.Catalog.Add("table main.hidden.a", "table main.hidden.b");
        });
        await RoundsAsync(world, 1);
        world.Catalog.Add("table main.hidden.c", "table main.sales.t9");
        await RoundsAsync(world, 1);
        world.Catalog.Add("table main.hidden.d");
        await RoundsAsync(world, 1);

        Assert.Equal(["table main.hidden.c", "table main.hidden.d", "table main.sales.t9"], world.Store.All.SelectMany(Named).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task On_start_what_no_sync_has_recorded_is_synced_if_that_is_set()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Watch.OnStart = true;
            world.Watch.Every = null;
        });
        await world.PassUntilEndAsync((await world.SubmitAsync("table main.sales.t1", "table main.sales.t2", "table main.sales.t3")).Id);

        world.Watch.Every = Every;
        var tick = TickAsync(world);
        await world.PassUntilAsync(() => tick.IsCompleted, "a tick");
        await world.PassUntilAsync(() => world.Store.All.Count == 3, "the tasks", step: TimeSpan.FromSeconds(1));

        Assert.Equal(["catalog hr", "table main.sales.t4"], world.Store.All.Skip(1).SelectMany(Named).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task More_news_than_a_round_may_name_are_named_by_the_next()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Watch.MaxTasksPerRound = 1;
            world.Catalog.Add([.. Enumerable.Range(0, 2_000).Select(number => $"table main.sales.old{number}")]);
            world.Policies.Set(1, "table main.nothing.* select ann@corp.com");
        });
        await RoundsAsync(world, 1);
        world.Catalog.Add([.. Enumerable.Range(0, 900).Select(number => $"table main.sales.new{number}"), "schema main.fresh"]);

        await RoundsAsync(world, 1);
        Assert.Equal(["schema main.fresh"], world.Store.All.SelectMany(Named));
        await RoundsAsync(world, 2);

        Assert.Equal(901, world.Store.All.SelectMany(Named).Distinct().Count());
        Assert.Equal(2, world.Store.All.Count);
    }

    [Fact]
    public async Task Without_an_interval_nothing_is_listed()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Watch.Every = null;
        });

        await world.PassAsync(TimeSpan.FromHours(2), step: TimeSpan.FromMinutes(20));

        Assert.Empty(world.Catalog.Calls);
    }

    [Fact]
    public async Task One_silo_has_rounds_and_a_round_that_takes_long_delays_the_next()
    {
        await using var world = await World.StartFrozenAsync(Arrange, silos: 2);
        await RoundsAsync(world, 3);
        var begun = world.Catalog.Calls.Where(call => call is { Operation: FakeUnityCatalog.List, On: null }).Select(call => call.At).ToList();
        Assert.All(begun.Zip(begun.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, Every, Every * 1.5));

        world.Held = world.Catalog.HoldNext(FakeUnityCatalog.List, "");
        await world.PassAsync(Every * 3, step: TimeSpan.FromSeconds(20));
        Assert.Equal(begun.Count + 1, Begun(world));

        world.Released();
        await RoundsAsync(world, 1);
        Assert.Equal(begun.Count + 2, Begun(world));
    }

    private static string[] Named(SyncTask task) => [.. task.Request.Resources.Select(resource => resource.Securable!.ToString())];

    private static int Begun(World world) => world.Catalog.Calls.Count(call => call is { Operation: FakeUnityCatalog.List, On: null });

    private static Task TickAsync(World world) => world.Cluster.Client.GetGrain<Watching.IWatchGrain>("test").TickAsync();

    // Rounds, from their start to their end: each lists the catalogs first, and nothing is under way when the next one is to start.
    private static async Task RoundsAsync(World world, int count)
    {
        for (var round = 0; round < count; round++)
        {
            var before = Begun(world);
            await world.PassUntilAsync(() => Begun(world) > before, "a round", step: TimeSpan.FromSeconds(5));
            await world.PassAsync(Every * 0.7, step: TimeSpan.FromSeconds(1));
        }
    }

    private static void Arrange(World world)
    {
        world.Watch.Every = Every;
        world.Workspace.Host = new Uri("https://adb-1.2.azuredatabricks.net");
        world.Catalog.Add("table main.sales.t1", "table main.sales.t2", "table main.sales.t3", "table main.sales.t4", "table hr.a.t");
        world.Policies.Set(1, "table main.*.* select ann@corp.com");
    }
}
