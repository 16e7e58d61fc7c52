using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>An object is its id: what is held of it follows it through renames of it and of what contains it.</summary>
public sealed class Renames
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task After_a_catalog_was_renamed_what_this_service_gave_goes_when_policy_takes_it_away()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table k5.s.t");
            world.Policies.Set(1, "catalog k5 use_catalog,use_schema,select @g,@h");
        });
        await world.RunAsync("catalog k5");
        Assert.Equal("g:SELECT,USE_CATALOG,USE_SCHEMA h:SELECT,USE_CATALOG,USE_SCHEMA", world.Catalog.GrantsOn("catalog k5"));
        world.Catalog.Rename("catalog k5", "catalog k5n");
        world.Policies.Set(2, "catalog k5n use_catalog,use_schema,select @g");

        var task = await world.RunAsync("catalog k5n");

        Assert.Equal("g:SELECT,USE_CATALOG,USE_SCHEMA", world.Catalog.GrantsOn("catalog k5n"));
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.Equal(0, result.ExternalChangeCount));
        Assert.DoesNotContain(world.Store.ResultsOf(task.Id).SelectMany(result => result.Gaps), gap => gap.Code == GapCode.ForeignGrant);
        Assert.Equal(["catalog k5n id-1"], world.Names.All);
        await World.UntilAsync(() => world.States.Of("catalog k5")!.Ledger.Entries.Count == 0, "the old name to be forgotten");
        world.Names.ClearCalls();
        world.States.ClearWrites();
        world.Index.Forget();
        await world.RunAsync("catalog k5n");
        Assert.Empty(world.Index.Writes);
        Assert.Empty(world.Names.Calls);
        Assert.Empty(world.States.Writes);
    }

    [Theory]
    [InlineData("catalog main", "catalog other", "table other.sales.orders")]
    [InlineData("schema main.sales", "schema main.trade", "table main.trade.orders")]
    [InlineData(Table, "table main.sales.requests", "table main.sales.requests")]
    public async Task What_is_held_of_a_table_is_found_under_its_new_name_whichever_part_of_that_is_new(string from, string to, string now)
    {
        await using var world = await World.StartAsync(world => Arrange(world, "table *.*.* select ann@corp.com,bob@corp.com"));
        await world.RunAsync(Table);
        world.Catalog.Rename(from, to);
        world.Policies.Set(2, "table *.*.* select ann@corp.com");

        var task = await world.RunAsync(now);

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(now));
        var result = world.ResultOf(task);
        Assert.Empty(result.Gaps);
        Assert.Equal(0, result.ExternalChangeCount);
        Assert.Equal((ChangeAction.Revoke, "bob@corp.com", 1L), Assert.Single(result.Changes) is var change ? (change.Action, change.Principal, change.PolicyId) : default);
        Assert.Equal(["ann@corp.com"], world.States.Of(now)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_object_under_the_old_name_has_nothing_of_the_one_that_left_it(bool newFirst)
    {
        await using var world = await World.StartAsync(world => Arrange(world, "table main.sales.* select ann@corp.com,bob@corp.com"));
        await world.RunAsync(Table);
        world.Catalog.Rename(Table, "table main.sales.old");
        world.Catalog.Add(Table);
        world.Catalog.Grant(Table, "bob@corp.com", "SELECT"); // by somebody else
        world.Policies.Set(2, "table main.sales.* select ann@corp.com");

        var first = await world.RunAsync(newFirst ? Table : "table main.sales.old");
        var second = await world.RunAsync(newFirst ? "table main.sales.old" : Table);

        var (ofNew, ofOld) = newFirst ? (first, second) : (second, first);
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(GapCode.ForeignGrant, Assert.Single(world.ResultOf(ofNew).Gaps).Code);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.old"));
        Assert.Empty(world.ResultOf(ofOld).Gaps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the second one is synced while the first one looks for its state
    public async Task Two_tables_that_swap_their_names_keep_each_what_is_held_of_it(bool inBetween)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.a", "table main.sales.b");
            world.Sync.ParentUse = false;
            world.Policies.Set(1, "table main.sales.a select ann@corp.com", "table main.sales.b select bob@corp.com");
        });
        await world.RunAsync("schema main.sales");
        world.Catalog.Rename("table main.sales.a", "table main.sales.c");
        world.Catalog.Rename("table main.sales.b", "table main.sales.a");
        world.Catalog.Rename("table main.sales.c", "table main.sales.b");
        world.Policies.Set(2, "table main.sales.* select cid@corp.com");
        world.Names.AfterFind = inBetween ? () => world.RunAsync("table main.sales.b") : null;

        var task = inBetween ? await world.RunAsync("table main.sales.a") : await world.RunAsync("table main.sales.a", "table main.sales.b");

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("cid@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.a"));
        Assert.Equal("cid@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.b"));
    }

    [Fact]
    public async Task A_verify_task_sees_what_is_held_under_the_former_name_and_writes_nothing()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "table main.sales.* select ann@corp.com,bob@corp.com"));
        await world.RunAsync(Table);
        world.Catalog.Rename(Table, "table main.sales.new");
        world.Policies.Set(2, "table main.sales.* select ann@corp.com");
        world.Names.ClearCalls();
        world.States.ClearWrites();

        var task = await world.RunAsync(World.Request("table main.sales.new") with { Type = "VERIFY" });

        var result = world.ResultOf(task);
        Assert.Equal((0, 1), (result.ExternalChangeCount, result.ChangeCount));
        Assert.Empty(result.Gaps);
        Assert.DoesNotContain(world.States.Writes, name => name.StartsWith("resource", StringComparison.Ordinal));
        Assert.All(world.Names.Calls, call => Assert.StartsWith("find", call, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("find", 0)]
    [InlineData("set", 0)]
    [InlineData("set", 1)]
    [InlineData("remove", 0)]
    [InlineData("state", 0)]
    public async Task A_storage_that_fails_at_any_step_of_a_takeover_loses_nothing(string step, int after)
    {
        await using var world = await World.StartAsync(world => Arrange(world, "table main.sales.* select ann@corp.com,bob@corp.com"));
        await world.RunAsync(Table);
        world.Catalog.Rename(Table, "table main.sales.new");
        world.Policies.Set(2, "table main.sales.* select ann@corp.com");
        var met = 0;
        world.Names.Trouble = what => what == step && met++ == after ? new SyncException(SyncErrorCode.Unavailable, "storage is away") : null;
        world.States.BeforeWrite = name => step == "state" && name == "resource main.sales.new" && met++ == after
            ? throw new SyncException(SyncErrorCode.Unavailable, "storage is away") : Task.CompletedTask;

        await world.RunAsync("table main.sales.new");

        Assert.True(met > after);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.new"));
    }

    [Fact]
    public async Task A_state_from_before_names_were_remembered_is_remembered_once_by_a_run_that_changes_nothing()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "table main.sales.* select ann@corp.com,bob@corp.com"));
        await world.RunAsync(Table);
        world.Names.Clear();
        world.States.Change(Table, state => state.KnownAs = null);
        world.Catalog.Forget();

        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Writes);
        Assert.Equal(["table main.sales.orders id-3"], world.Names.All);
        world.Names.ClearCalls();
        world.States.ClearWrites();
        await world.RunAsync(Table);
        Assert.Empty(world.Names.Calls);
        Assert.Empty(world.States.Writes);

        world.Catalog.Rename(Table, "table main.sales.new");
        world.Policies.Set(2, "table main.sales.* select ann@corp.com");
        await world.RunAsync("table main.sales.new");
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.new"));
    }

    [Fact]
    public async Task An_intent_that_is_open_under_the_former_name_is_waited_out()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "table main.sales.* select ann@corp.com,bob@corp.com"));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.States.Change(Table, state => state.OpenIntentOf = Guid.NewGuid()); // of a process that died
        world.Catalog.Rename(Table, "table main.sales.new");
        world.Policies.Set(2, "table main.sales.* select ann@corp.com");
        world.Catalog.Forget();

        var submitted = await world.SubmitAsync("table main.sales.new");
        await world.PassAsync(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(1));
        Assert.Empty(world.Catalog.Writes);
        await world.PassUntilEndAsync(submitted.Id);

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.new"));
    }

    [Theory]
    [InlineData(Table, "table main.sales.new", "table main.sales.new")]
    [InlineData("catalog main", "catalog other", "table other.sales.orders")]
    public async Task Access_for_a_time_ends_by_itself_on_a_table_that_was_renamed_meanwhile(string from, string to, string now)
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world, "table *.*.* select ann@corp.com until=2026/03/01T12:10:00");
            world.DuePeriod = TimeSpan.FromSeconds(15);
        });
        world.Sync.ParentUse = true;
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Catalog.Rename(from, to);

        await world.PassUntilAsync(() => world.Catalog.GrantsOn(now) == "", "the end of the access", TimeSpan.FromSeconds(5));

        Assert.InRange(world.Clock!.GetUtcNow(), At("12:10:01"), At("12:12:00"));
        await world.PassUntilAsync(() => world.Dues.All.Count == 0, "nothing to be due any more", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Objects_that_only_a_time_tells_apart_are_not_taken_for_each_other()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("catalog one", "catalog two");
            world.Catalog.Identify("catalog one", "1767600000000");
            world.Catalog.Identify("catalog two", "1767600000000");
            world.Policies.Set(1, "catalog one create_schema ann@corp.com,bob@corp.com");
        });
        await world.RunAsync("catalog one");
        world.Catalog.Grant("catalog two", "ann@corp.com", "USE_CATALOG", "CREATE_SCHEMA"); // by somebody else
        world.Policies.Set(2, "catalog none select ann@corp.com");

        var task = await world.RunAsync("catalog two");
        Assert.Equal("ann@corp.com:CREATE_SCHEMA,USE_CATALOG", world.Catalog.GrantsOn("catalog two"));
        Assert.Equal(2, world.Store.ResultsOf(task.Id)[0].ExternalChangeCount);

        world.Catalog.Rename("catalog one", "catalog three");
        await world.RunAsync("catalog two");
        await world.RunAsync("catalog three");
        Assert.Equal("ann@corp.com:CREATE_SCHEMA,USE_CATALOG", world.Catalog.GrantsOn("catalog two"));
        Assert.Equal("", world.Catalog.GrantsOn("catalog three"));
    }

    [Fact]
    public async Task Guards_and_their_functions_follow_a_table_and_its_catalog()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, "table *.*.* select ann@corp.com,bob@corp.com");
            world.Workspace.WarehouseId = "w";
            world.Policies.Set(1, "table *.*.* select ann@corp.com,bob@corp.com", "filter main.sales.orders id=1 bob@corp.com");
        });
        await world.RunAsync(Table);
        var made = Assert.Single(world.States.Of(Table)!.GuardFunctions).FullName;
        world.Catalog.Rename(Table, "table main.sales.new");
        world.Policies.Set(2, "table *.*.* select ann@corp.com");

        await world.RunAsync("table main.sales.new");

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.new"));
        Assert.Equal("", world.Catalog.GuardsOn("main.sales.new"));
        Assert.DoesNotContain(made, world.Catalog.Functions);
    }

    private static void Arrange(World world, string policy)
    {
        world.Catalog.Add(Table);
        world.Sync.ParentUse = false;
        world.Policies.Set(1, policy);
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-03-01T{time}Z", null);
}
