using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.PolicyWatch;
using PolicySync.Grains.Tests.Support;
using PolicySync.Host.Storage;

namespace PolicySync.Grains.Tests;

/// <summary>The watch that turns changes of policies into tasks.</summary>
public sealed class WatchingPolicies
{
    private static readonly string[] First =
        ["table main.sales.t1 select ann@corp.com", "table main.sales.t2 select ann@corp.com", "deny table main.hr.pay select @staff", "table main.hr.pay select @staff,bob@corp.com"];

    [Fact]
    public async Task A_change_becomes_a_task_for_what_the_policy_names_and_for_nothing_else()
    {
        await using var world = await StartAsync();

        world.Policies.Set(2, ["table main.sales.t1 select,modify ann@corp.com", .. First[1..]]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");

        var task = await world.PassUntilEndAsync(world.Store.All[0].Id);
        Assert.Equal("catalog main alone, schema main.sales alone, table main.sales.t1", Named(task));
        Assert.Equal((TaskTypes.ResourceSync, PolicyWatchOptions.EventSource, "source policy-watch"), (task.Request.Type, task.Request.Event!.Source, TaskShare.Of(task.Request)));
        Assert.Matches("^[0-9a-f]{12}\\.\\.[0-9a-f]{12}$", task.Request.Event.Id!);
        Assert.Equal("MODIFY SELECT", Granted(world, "table main.sales.t1"));
        Assert.Equal("", Granted(world, "table main.sales.t2"));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.List);
    }

    [Fact]
    public async Task A_watch_that_verifies_makes_tasks_that_write_nothing()
    {
        await using var world = await StartAsync(world => world.PoliciesOptions.Watch.Mode = PolicyWatchMode.Verify);

        world.Policies.Set(2, First[1..]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");
        var task = await world.PassUntilEndAsync(world.Store.All[0].Id);

        Assert.Equal(TaskTypes.Verify, task.Request.Type);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_watch_that_is_off_neither_reads_policies_nor_makes_tasks()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.Watch.Mode = PolicyWatchMode.Off;
        });

        await world.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));

        Assert.Equal((0, 0), (world.Policies.Reads, world.Store.All.Count));
    }

    [Fact]
    public async Task The_first_check_makes_no_task_unless_it_is_asked_to()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.Watch.First = FirstPolicies.All;
            world.Catalog.Add("catalog other", "external_location files");
        });

        await world.PassUntilAsync(() => world.Store.All.Count == 3, "the tasks");

        Assert.Equal(["catalog main", "catalog other", "external_location files"], world.Store.All.Select(Named).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_series_of_edits_is_one_change()
    {
        await using var world = await StartAsync(world => world.PoliciesOptions.Watch.Settle = TimeSpan.FromSeconds(20));
        var reads = world.Policies.Reads;

        world.Policies.Set(2, First[1..]);
        await world.PassUntilAsync(() => world.Policies.Reads > reads, "a look at the first edit");
        world.Policies.Set(3, [.. First, "table main.hr.pay modify bob@corp.com"]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");
        await world.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(10));

        Assert.Equal("catalog main alone, schema main.hr alone, table main.hr.pay", Named(Assert.Single(world.Store.All)));
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_of_what_is_evaluated_makes_no_task()
    {
        await using var world = await StartAsync();

        world.Policies.Set(2, First);
        await world.PassUntilAsync(() => world.States.Writes.Count(IsOfWatch) >= 4, "the new baseline"); // two writes each

        Assert.Empty(world.Store.All);
    }

    [Fact]
    public async Task A_source_that_fails_or_loses_its_policies_triggers_nothing_and_the_change_after_it_is_found()
    {
        await using var world = await StartAsync();

        world.Policies.Failure = FakePolicies.Gone;
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30));
        world.Policies.Failure = null;
        world.Policies.Set(2, First[0]); // refused: too much is lost at once
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30));
        Assert.Empty(world.Store.All);

        world.Policies.Set(3, [First[0], "table main.sales.t2 modify ann@corp.com", .. First[2..]]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task", TimeSpan.FromSeconds(1));
        Assert.Equal("catalog main alone, schema main.sales alone, table main.sales.t2", Named(world.Store.All[0]));
    }

    [Fact]
    public async Task Who_joins_a_group_that_a_policy_denies_makes_a_task_for_what_the_policy_names()
    {
        await using var world = await StartAsync();

        world.Directory.Groups["staff"] = ["ann@corp.com", "bob@corp.com", "cid@corp.com"];
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task", TimeSpan.FromSeconds(1));

        Assert.Equal("catalog main alone, schema main.hr alone, table main.hr.pay", Named(world.Store.All[0]));
    }

    [Fact]
    public async Task Who_joins_a_group_that_policies_only_allow_makes_no_task()
    {
        await using var world = await StartAsync(world => world.Policies.Set(1, "table main.sales.t1 select @staff"));

        world.Directory.Groups["staff"] = ["ann@corp.com", "bob@corp.com", "cid@corp.com"];
        await world.PassUntilAsync(() => world.States.Writes.Count(IsOfWatch) >= 4, "the new baseline", TimeSpan.FromSeconds(1));

        Assert.Empty(world.Store.All);
    }

    [Fact]
    public async Task A_wildcard_is_looked_up_and_many_objects_of_a_schema_are_named_by_the_schema()
    {
        await using var world = await StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 150).Select(n => $"table main.big.t{n}"), "table main.small.x1", "table main.small.y1", "schema main.other"]);
            world.Sync.Managed.Securables.Exclude.Add("main.small.x2");
        });
        world.Catalog.Forget();

        world.Policies.Set(2, [.. First, "table main.big.* select bob@corp.com", "table main.small.x* select bob@corp.com"]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");

        Assert.Equal(
            "catalog main alone, schema main.big alone, schema main.big, schema main.small alone, table main.small.x1", Named(world.Store.All[0]));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.List
            && $"{call.On}" is "schema main.other" or "schema main.sales" or "schema main.hr");
    }

    [Fact]
    public async Task A_change_that_concerns_too_many_securables_is_held_until_its_version_is_allowed()
    {
        await using var world = await StartAsync(world =>
        {
            world.PoliciesOptions.Watch.MaxShare = 0.5;
            world.PoliciesOptions.Watch.AllowChange = 3;
        });

        world.Policies.Set(2, [.. First, "table main.*.* select bob@corp.com"]);
        await world.PassUntilAsync(() => !world.Errors.IsEmpty, "the error");
        Assert.True(world.Errors.TryDequeue(out var error));
        var progress = await world.Cluster.Client.GetGrain<IPolicyWatchGrain>("test").ReadAsync();

        Assert.Contains("The change to version 2 of the policies is held: it can concern", error, StringComparison.Ordinal);
        Assert.Contains("set Policies:Watch:AllowChange to 2 if that is meant", error, StringComparison.Ordinal);
        Assert.Equal(2, progress.HeldVersion);
        Assert.NotNull(progress.BehindSince);
        Assert.Empty(world.Store.All);

        world.Policies.Set(3, [.. First, "table main.*.* select bob@corp.com"]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task of the allowed version", TimeSpan.FromSeconds(1));
        await world.PassUntilAsync(() => world.Cluster.Client.GetGrain<IPolicyWatchGrain>("test").ReadAsync().Result is { HeldVersion: null, BehindSince: null }, "the end");
    }

    [Fact]
    public async Task A_silo_that_dies_while_the_tasks_of_a_change_are_made_loses_none()
    {
        const int tables = 2_100; // three tasks
        var policies = Enumerable.Range(0, tables).Select(n => $"table main.sales.n{n} select ann@corp.com").ToArray();
        await using var world = await StartAsync(
            world =>
            {
                world.Catalog.Add([.. Enumerable.Range(0, tables).Select(n => $"table main.sales.n{n}")]);
                world.PoliciesOptions.Watch.MaxOpenTasks = 1;
            },
            silos: 2);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Get, "table main.sales.n0");

        world.Policies.Set(2, [.. First, .. policies]);
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the first task");
        await world.KillAsync(WatchingSilo(world));
        hold.Release();

        await world.PassUntilAsync(() => Missing() == 0, "all of them", TimeSpan.FromSeconds(5));

        int Missing() => policies.Length - world.Store.All.SelectMany(task => task.Request.Resources)
            .Select(resource => resource.Values.GetValueOrDefault("table")).Where(name => name?.StartsWith('n') == true).Distinct().Count();
    }

    [Fact]
    public async Task A_baseline_that_was_lost_makes_everything_count_as_changed()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.States.Write("policy-watch test", """{"baseline":"0123456789abcdef"}""");
        });

        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");

        Assert.Equal("catalog main", Named(world.Store.All[0]));
    }

    [Fact]
    public async Task A_tag_on_a_table_concerns_the_table_and_its_containers()
    {
        await using var world = await StartAsync(world =>
        {
            world.Policies.Tags = ["main.sales.t1 pii"];
            world.Policies.Set(1, [.. First, "tag pii select bob@corp.com"]);
        });

        world.Policies.Tags = ["main.sales.t1 pii", "main.sales.t2 pii"];
        await world.PassUntilAsync(() => world.Store.All.Count == 1, "the task");

        Assert.Equal("catalog main alone, schema main.sales alone, table main.sales.t2", Named(world.Store.All[0]));
    }

    private static async Task<World> StartAsync(Action<World>? arrange = null, int silos = 1)
    {
        var world = await World.StartFrozenAsync(
            world =>
            {
                Arrange(world);
                arrange?.Invoke(world);
            },
            silos);
        await world.PassUntilAsync(() => world.States.Writes.Count(IsOfWatch) >= 2, "the first baseline");
        return world;
    }

    private static void Arrange(World world)
    {
        world.PoliciesOptions.Watch.Mode = PolicyWatchMode.Sync;
        world.Catalog.Add("table main.sales.t1", "table main.sales.t2", "table main.hr.pay");
        world.Policies.Set(1, First);
    }

    private static bool IsOfWatch(string row) => row.StartsWith("policy-watch", StringComparison.Ordinal);

    private static Orleans.TestingHost.InProcessSiloHandle WatchingSilo(World world)
    {
        Assert.True(world.Cluster.TryGetGrainContext(world.Cluster.Client.GetGrain<IPolicyWatchGrain>("test").GetGrainId(), out var context));
        return world.Cluster.GetSiloForAddress(context.Address.SiloAddress!)!;
    }

    private static string Granted(World world, string on) => string.Join(' ', world.Catalog.GrantsOn(on).Split(' ')
        .SelectMany(grant => grant.Split(':')[^1].Split(',')).Where(privilege => privilege.Length > 0).Order(StringComparer.Ordinal));

    private static string Named(SyncTask task) => string.Join(", ", task.Request.Resources
        .Select(resource => $"{resource.Type} {string.Join('.', resource.Values.Values)}{(resource.SelfOnly ? " alone" : "")}"));
}
