using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class LeafTasks
{
    [Fact]
    public async Task A_table_task_grants_use_on_the_containers_before_the_table_and_reports_success()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(7, "table main.sales.orders select,modify ann@corp.com");
        });

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal(["PATCH catalog main ann@corp.com:+USE_CATALOG", "PATCH schema main.sales ann@corp.com:+USE_SCHEMA",
            "PATCH table main.sales.orders ann@corp.com:+MODIFY,+SELECT"], world.Catalog.Writes.Select(call => call.ToString()));
        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("Sync completed successfully", task.Message);
        Assert.Equal(7, task.PolicyVersion);
        Assert.Equal(new TaskProgress { Discovered = 1, Total = 1, Done = 1, Changed = 1 }, task.Progress);
        var result = world.ResultOf(task);
        Assert.Equal(ResourceStatus.Success, result.Status);
        Assert.Equal(("table", "main.sales.orders", 2), (result.Type, result.FullName, result.ChangeCount));
        Assert.All(result.Changes, change => Assert.Equal((1L, "policy 1"), (change.PolicyId!.Value, change.PolicyName)));
        Assert.Empty(world.Store.Open);
    }

    [Fact]
    public async Task A_second_run_of_the_same_task_writes_nothing_but_the_tasks_own_rows()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(7, "table main.sales.orders select ann@corp.com", "schema main.sales create_table bob@corp.com");
        });
        await world.RunAsync("table main.sales.orders");
        await world.RunAsync("schema main.sales");
        world.Catalog.Forget();
        world.States.ClearWrites();
        world.Store.ClearLog();

        await world.RunAsync("table main.sales.orders");
        var task = await world.RunAsync("schema main.sales");

        Assert.Empty(world.Catalog.Writes);
        Assert.Empty(world.States.Writes);
        Assert.Equal(["results 0+1", "finish", "results 0+1", "results 1+1", "finish"], world.Store.Log);
        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(0, task.Progress.Changed);
    }

    [Fact]
    public async Task Use_that_is_no_longer_wanted_is_taken_back_after_the_table_innermost_container_first()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });
        await world.RunAsync("table main.sales.orders");
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        world.Catalog.Forget();

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(
            [
                "PATCH catalog main bob@corp.com:+USE_CATALOG", "PATCH schema main.sales bob@corp.com:+USE_SCHEMA",
                "PATCH table main.sales.orders ann@corp.com:-SELECT bob@corp.com:+SELECT",
                "PATCH schema main.sales ann@corp.com:-USE_SCHEMA", "PATCH catalog main ann@corp.com:-USE_CATALOG",
            ],
            world.Catalog.Writes.Select(call => call.ToString()));
        Assert.Equal("granted 1, revoked 1; USE on catalog main: granted 1, revoked 0; USE on schema main.sales: granted 1, revoked 0; "
            + "USE on schema main.sales: granted 0, revoked 1; USE on catalog main: granted 0, revoked 1", world.ResultOf(task).Message);
    }

    [Fact]
    public async Task A_table_task_changes_nothing_of_its_containers_but_use()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Catalog.Grant("catalog main", "cid@corp.com", "SELECT");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "catalog main create_schema bob@corp.com");
        });

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal("ann@corp.com:USE_CATALOG bob@corp.com:USE_CATALOG cid@corp.com:SELECT", world.Catalog.GrantsOn("catalog main"));
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.InheritedAccess, GapDirection.Exposed, "cid@corp.com", "SELECT"),
            (gap.Code, gap.Direction, gap.Principal, gap.Privilege));
        Assert.Contains("catalog main", gap.Detail, StringComparison.Ordinal);
        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
    }

    [Fact]
    public async Task A_container_outside_the_managed_set_is_left_alone_and_named_in_a_gap()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Sync.Managed.Securables.Include.Add("main.sales");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal("", world.Catalog.GrantsOn("catalog main"));
        Assert.Equal("ann@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.sales"));
        Assert.Equal(GapCode.ParentNotManaged, Assert.Single(world.ResultOf(task).Gaps).Code);
    }

    [Fact]
    public async Task Without_parent_use_only_the_table_is_touched()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Sync.ParentUse = false;
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });

        await world.RunAsync("table main.sales.orders");

        Assert.Equal(["table main.sales.orders"], world.Catalog.Writes.Select(call => call.On!.ToString()));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName is "main" or "main.sales");
    }

    [Fact]
    public async Task A_view_keeps_the_word_that_its_caller_used()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.recent");
            world.Policies.Set(1, "table main.sales.recent select ann@corp.com");
        });

        Assert.Equal("view", world.ResultOf(await world.RunAsync("view main.sales.recent")).Type);
    }

    [Fact]
    public async Task A_table_that_does_not_exist_is_skipped_and_nothing_is_written_to_its_containers()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("schema main.sales");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal((SyncTaskStatus.Skipped, SyncErrorCode.SecurableNotFound), (task.Status, world.ResultOf(task).Error!.Code));
        Assert.Empty(world.Catalog.Writes);
        Assert.DoesNotContain(world.States.Writes, name => name.StartsWith("resource", StringComparison.Ordinal));
        Assert.Equal(["GET table main.sales.orders"], world.Catalog.Calls.Select(call => call.ToString()));
    }

    [Fact]
    public async Task A_table_that_the_revoke_guard_refuses_leaves_its_containers_as_they_were()
    {
        var staff = string.Join(',', Enumerable.Range(0, 20).Select(n => $"user{n:00}@corp.com"));
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(1, $"table main.sales.orders select {staff}");
        });
        await world.RunAsync("table main.sales.orders");
        world.Policies.Set(2, "table main.sales.orders select new@corp.com");
        world.Catalog.Forget();
        world.States.ClearWrites();

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal(SyncErrorCode.RevokeGuard, world.ResultOf(task).Error!.Code);
        Assert.Empty(world.Catalog.Writes);
        Assert.DoesNotContain(
            world.States.Writes, name => name.StartsWith("resource", StringComparison.Ordinal) && name != "resource main.sales.orders"); // which has failed
    }

    [Fact]
    public async Task A_table_whose_grants_may_not_be_read_leaves_its_containers_as_they_were()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
            world.Catalog.FailNext(FakeUnityCatalog.Read, "table main.sales.orders", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));
        });

        var task = await world.RunAsync("table main.sales.orders");

        Assert.Equal(SyncErrorCode.PermissionDenied, world.ResultOf(task).Error!.Code);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_table_in_sync_costs_one_look_at_it_and_one_read_of_its_grants_also_with_its_containers_before_it()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });
        await world.RunAsync("table main.sales.orders");
        world.Catalog.Forget();

        await world.RunAsync("table main.sales.orders");

        Assert.Equal(["GET table main.sales.orders", "READ table main.sales.orders", "GET catalog main", "READ catalog main",
            "GET schema main.sales", "READ schema main.sales"], world.Catalog.Calls.Select(call => call.ToString()));
    }

    [Fact]
    public async Task Grants_that_were_read_long_before_the_containers_were_done_are_read_again_before_they_are_changed()
    {
        Hold? hold = null;
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
            hold = world.Catalog.HoldNext(FakeUnityCatalog.Read, "catalog main");
        });
        var submitted = await world.SubmitAsync("table main.sales.orders");
        await hold!.Reached;
        world.Catalog.Grant("table main.sales.orders", "ann@corp.com", "SELECT"); // by somebody else meanwhile
        world.Clock!.Advance(TimeSpan.FromSeconds(5));
        hold.Release();

        await world.PassUntilEndAsync(submitted.Id);

        Assert.Empty(world.Catalog.WritesTo("main.sales.orders"));
    }
}
