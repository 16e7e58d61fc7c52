using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Walks
{
    [Fact]
    public async Task A_catalog_task_does_everything_in_the_catalog_once()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.a.t2", "function main.a.f", "volume main.b.v", "model main.b.m", "table other.a.t");
            world.Catalog.Add("table main.information_schema.tables", "function main.policysync_guards.filter");
            world.Catalog.PageSize = 1;
            world.Catalog.EmptyPages = true;
            world.Policies.Set(1, "table main.*.* select ann@corp.com", "function main.*.* execute ann@corp.com",
                "volume main.*.* read_volume ann@corp.com", "model main.*.* execute ann@corp.com");
        });

        var task = await world.RunAsync("catalog main", "table main.a.t1", "catalog main");

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.Succeeded), (task.Status, task.Outcome));
        Assert.Equal(
            ["catalog main", "schema main.a", "table main.a.t1", "table main.a.t2", "function main.a.f", "schema main.b", "volume main.b.v", "model main.b.m"],
            Names(world, task));
        Assert.Equal(new TaskProgress { Discovered = 8, Total = 8, Done = 8, Changed = 8 }, task.Progress);
        Assert.Equal("ann@corp.com:USE_CATALOG", world.Catalog.GrantsOn("catalog main"));
        Assert.Equal("ann@corp.com:READ_VOLUME", world.Catalog.GrantsOn("volume main.b.v"));
        Assert.Equal("", world.Catalog.GrantsOn("table other.a.t"));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName.Contains("information_schema", StringComparison.Ordinal)
            || call.On!.FullName.Contains("policysync_guards", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listing_that_never_ends_fails_its_container_and_nothing_else()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t", "volume main.a.v", "table main.b.t");
            world.Catalog.Endless = "main.a";
            world.Policies.Set(1, "table main.*.* select ann@corp.com", "volume main.a.* read_volume ann@corp.com");
        });

        var task = await world.RunAsync("catalog main");

        Assert.Equal(SyncTaskOutcome.Partial, task.Outcome);
        var failed = Assert.Single(world.Store.ResultsOf(task.Id), result => result.Status == ResourceStatus.Failed);
        Assert.Equal(("main.a", SyncErrorCode.Unavailable), (failed.FullName, failed.Error!.Code));
        Assert.Contains("over 10000 pages", failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal("ann@corp.com:READ_VOLUME", world.Catalog.GrantsOn("volume main.a.v"));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.b.t"));
    }

    [Fact]
    public async Task A_walk_asks_once_for_each_listed_securable_and_never_more_than_a_window_at_a_time()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 150).Select(n => $"table main.a.t{n}")]);
            world.Policies.Set(1, "table main.a.* select ann@corp.com");
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.a.t0");

        var submitted = await world.SubmitAsync("schema main.a");
        await hold.Reached;
        await Task.Delay(200);
        Assert.InRange(world.Catalog.MostAtOnce, 1, 16);
        hold.Release();
        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal(151, task.Progress.Done);
        Assert.Equal(["schema main.a", "catalog main"], world.Catalog.Calls.Where(call => call.Operation == FakeUnityCatalog.Get).Select(call => call.On!.ToString()));
        Assert.Equal(4, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.List)); // one page of each kind
        Assert.Equal(2, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Read && call.On!.FullName == "main.a.t7"));
        Assert.InRange(world.Catalog.MostAtOnce, 1, 16);
    }

    [Fact]
    public async Task A_walk_has_each_of_its_grains_activated_once_and_up_to_thirty_two_together()
    {
        var batches = new AnnouncedBatches();
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 150).Select(n => $"table main.a.t{n:000}"), "table main.b.alone"]);
            world.Policies.Set(1, "table main.a.* select ann@corp.com");
            world.Batches = batches;
        });

        var task = await world.RunAsync("catalog main");

        Assert.Equal((SyncTaskOutcome.Succeeded, 154), (task.Outcome, task.Progress.Done));
        Assert.Equal(
            Enumerable.Range(0, 150).Select(n => $"test:table:main.a.t{n:000}"),
            batches.All.SelectMany(keys => keys).Order(StringComparer.Ordinal));
        Assert.All(batches.All, keys => Assert.InRange(keys.Count, 1, 32));
        Assert.Empty(batches.Unsettled);
    }

    [Fact]
    public async Task Use_goes_from_a_container_after_its_children_and_in_a_second_change()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t");
            world.Policies.Set(1, "table main.a.t select ann@corp.com", "schema main.a create_table ann@corp.com");
        });
        await world.RunAsync("schema main.a");
        world.Policies.Set(2, "table main.a.t select bob@corp.com");
        world.Catalog.Forget();

        var task = await world.RunAsync("schema main.a");

        Assert.Equal(
            [
                "PATCH catalog main bob@corp.com:+USE_CATALOG",
                "PATCH schema main.a ann@corp.com:-CREATE_TABLE bob@corp.com:+USE_SCHEMA",
                "PATCH table main.a.t ann@corp.com:-SELECT bob@corp.com:+SELECT",
                "PATCH schema main.a ann@corp.com:-USE_SCHEMA",
                "PATCH catalog main ann@corp.com:-USE_CATALOG",
            ],
            world.Catalog.Writes.Select(call => call.ToString()));
        var schema = world.Store.ResultsOf(task.Id)[0];
        Assert.Equal(("schema", 3), (schema.Type, schema.ChangeCount));
        Assert.Equal(2, task.Progress.Total); // one result per securable
        Assert.Equal(2, task.Progress.Changed);
    }

    [Fact]
    public async Task A_container_that_does_not_exist_is_skipped()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("catalog other");
            world.Sync.Managed.Securables.Include.Add("gone2.*");
            world.Sync.Managed.Securables.Include.Add("gone");
            world.Policies.Set(1, "table main.a.t select ann@corp.com");
        });

        var task = await world.RunAsync("catalog gone", "catalog gone2");

        Assert.Equal((SyncTaskStatus.Skipped, SyncTaskOutcome.Skipped), (task.Status, task.Outcome));
        Assert.Equal("catalog gone does not exist (and 1 more skipped)", task.Message);
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.Equal(SyncErrorCode.SecurableNotFound, result.Error!.Code));
    }

    [Fact]
    public async Task An_empty_container_is_a_success()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("catalog main");
            world.Sync.Managed.Securables.Include.Add("main.a");
            world.Policies.Set(1, "table main.a.t select ann@corp.com");
        });

        var task = await world.RunAsync("catalog main");

        Assert.Equal((SyncTaskStatus.Success, "Sync completed successfully"), (task.Status, task.Message));
        Assert.Equal(0, task.Progress.Total);
    }

    [Fact]
    public async Task What_is_dropped_during_a_walk_is_skipped_and_the_walk_goes_on()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.a.t2", "table main.b.t3", "table main.c.t4");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "schema main.a");
        var submitted = await world.SubmitAsync("catalog main");
        await hold.Reached; // the page of schemas is read
        world.Catalog.Drop("table main.b.t3");
        world.Catalog.Drop("schema main.b");
        hold.Release();

        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal((SyncTaskStatus.Success, 1L), (task.Status, task.Progress.Skipped));
        Assert.Equal(["catalog main", "schema main.a", "table main.a.t1", "table main.a.t2", "schema main.b", "schema main.c", "table main.c.t4"], Names(world, task));
    }

    [Fact]
    public async Task A_table_dropped_after_it_was_listed_is_skipped()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.a.t2");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.a.t1");
        var submitted = await world.SubmitAsync("schema main.a");
        await hold.Reached;
        world.Catalog.Drop("table main.a.t1");
        hold.Release();

        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(ResourceStatus.Skipped, world.Store.ResultsOf(task.Id)[1].Status);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.a.t2"));
    }

    [Fact]
    public async Task A_listing_that_is_refused_fails_its_container_and_the_rest_is_done()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.a.t1", "table main.b.t2");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            world.Catalog.FailNext(FakeUnityCatalog.List, "schema main.a", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"), times: 4);
        });

        var task = await world.RunAsync("catalog main");

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Partial, 1L), (task.Status, task.Outcome, task.Progress.Failed));
        Assert.Equal(["catalog main", "schema main.a", "schema main.b", "table main.b.t2"], Names(world, task));
        var failed = world.Store.ResultsOf(task.Id)[1];
        Assert.Equal((ResourceStatus.Failed, SyncErrorCode.PermissionDenied, 1), (failed.Status, failed.Error!.Code, failed.ChangeCount));
        Assert.Equal("schema main.a", $"{task.Failures.Single().Type} {task.Failures.Single().FullName}");
    }

    [Fact]
    public async Task A_listing_is_repeated_while_the_server_asks_for_time()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add("table main.a.t1");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
            world.Catalog.FailNext(FakeUnityCatalog.List, "schema main.a",
                new SyncException(SyncErrorCode.Throttled, "HTTP 429") { RetryAfter = TimeSpan.FromSeconds(20) });
        });

        var task = await world.SubmitAsync("schema main.a");
        await World.UntilAsync(() => world.Catalog.Calls.Any(call => call.Operation == FakeUnityCatalog.List), "the listing");
        await world.PassAsync(TimeSpan.FromSeconds(19));
        Assert.Equal(SyncTaskStatus.Waiting, (await world.Gateway.FindAsync(task.Id, CancellationToken.None))!.Status);
        task = await world.PassUntilEndAsync(task.Id);

        Assert.Equal((SyncTaskStatus.Success, 2L), (task.Status, task.Progress.Done));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_walk_whose_silo_dies_is_finished_by_another_with_each_result_once(bool killed)
    {
        await using var world = await World.StartAsync(
            world =>
            {
                world.ResponseTimeout = TimeSpan.FromSeconds(5);
                world.Workspace.WriteTimeout = TimeSpan.FromSeconds(1);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
                world.Catalog.PageSize = 70;
                foreach (var schema in new[] { "a", "b", "c" })
                {
                    world.Catalog.Add([.. Enumerable.Range(0, 200).Select(n => $"table main.{schema}.t{n:000}")]);
                }

                world.Policies.Set(1, "table main.*.* select ann@corp.com");
            },
            silos: 2);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.b.t150");
        var submitted = await world.SubmitAsync("table main.a.t005", "catalog main", "table nowhere.a.t");
        await hold.Reached;
        world.Catalog.Drop("table main.a.t150"); // what is done already is not looked for again
        world.Catalog.Forget();

        var silo = world.SiloOf(submitted.Id);
        await (killed ? world.KillAsync(silo) : world.Cluster.StopSiloAsync(silo));
        hold.Release();
        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.Succeeded), (task.Status, task.Outcome));
        var names = Names(world, task);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(605, names.Count); // 600 tables, 3 schemas, the catalog, the one that is nowhere
        Assert.Equal(new TaskProgress { Discovered = 605, Total = 605, Done = 605, Changed = 604, Skipped = 1 }, task.Progress with { Changed = 604 });
        Assert.InRange(task.Progress.Changed, 604 - 100, 604); // those of the repeated chunk were done before
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName.StartsWith("main.a.", StringComparison.Ordinal));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.c.t199"));
        Assert.Equal(0, world.Catalog.Overlaps);
        Assert.Empty(world.Store.Open);
    }

    [Fact]
    public async Task A_resumed_walk_goes_on_behind_a_schema_that_was_dropped_meanwhile()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 120).Select(n => $"table main.b.t{n:000}")]);
            world.Catalog.Add("table main.a.t", "table main.c.t");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.b.t110");
        var submitted = await world.SubmitAsync("catalog main");
        await hold.Reached;
        var grain = world.Cluster.Client.GetGrain<ISyncTaskGrain>(submitted.Id.Value);
        await world.Cluster.DeactivateAsync(grain);
        hold.Release();
        world.Catalog.Drop("schema main.b");

        await grain.StartAsync();
        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        var names = Names(world, task);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(["schema main.c", "table main.c.t"], names.TakeLast(2));
    }

    [Fact]
    public async Task A_page_token_that_did_not_survive_the_restart_costs_repetition_and_loses_nothing()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.PageSize = 100;
            world.Catalog.Add([.. Enumerable.Range(0, 250).Select(n => $"table main.b.t{n:000}")]);
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
        });
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.b.t240");
        var submitted = await world.SubmitAsync("schema main.b");
        await hold.Reached;
        var grain = world.Cluster.Client.GetGrain<ISyncTaskGrain>(submitted.Id.Value);
        await world.Cluster.DeactivateAsync(grain);
        hold.Release();
        world.Catalog.FailNext(FakeUnityCatalog.List, "schema main.b", new SyncException(SyncErrorCode.InvalidPlan, "bad page token"));

        await grain.StartAsync();
        var task = await world.EndOfAsync(submitted.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(251, Names(world, task).Distinct().Count());
    }

    [Fact]
    public async Task What_comes_after_the_children_is_added_to_the_containers_result_also_by_another_activation()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 150).Select(n => $"table main.a.t{n:000}")]);
            world.Policies.Set(1, "table main.a.* select ann@corp.com");
        });
        await world.RunAsync("schema main.a");
        world.Policies.Set(2, "table main.a.* select bob@corp.com");
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "table main.a.t149");
        var submitted = await world.SubmitAsync("schema main.a");
        await hold.Reached;
        var grain = world.Cluster.Client.GetGrain<ISyncTaskGrain>(submitted.Id.Value);
        await world.Cluster.DeactivateAsync(grain);
        hold.Release();

        await grain.StartAsync();
        var task = await world.EndOfAsync(submitted.Id);

        var schema = world.Store.ResultsOf(task.Id)[0];
        Assert.Equal(["bob@corp.com USE_SCHEMA Grant", "ann@corp.com USE_SCHEMA Revoke"],
            schema.Changes.Select(change => $"{change.Principal} {change.Privilege} {change.Action}"));
        Assert.Equal(151, task.Progress.Total);
        Assert.Equal("bob@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.a"));
    }

    private static List<string> Names(World world, SyncTask task) =>
        [.. world.Store.ResultsOf(task.Id).Select(result => $"{result.Type} {result.FullName}")];
}
