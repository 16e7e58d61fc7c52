using PolicySync.Core.Errors;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Nothing is written on what a suspension covers. Time begins at 12:00:00.</summary>
public sealed class Suspending
{
    private const string Table = "table main.sales.orders";
    private const string Row = "resource main.sales.orders";

    private static readonly DateTimeOffset Far = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan TooOld = ISuspensions.MaxAge + TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("main")]
    [InlineData("MAIN.S?les")]
    [InlineData("*.*.orders")]
    public async Task A_securable_is_skipped_with_the_reason_and_without_a_call(string pattern)
    {
        await using var world = await World.StartAsync(Arrange);
        world.Suspensions.Suspend(pattern, Far);

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Skipped, SyncTaskOutcome.Skipped), (task.Status, task.Outcome));
        Assert.Equal($"table main.sales.orders is suspended until 2027-01-01T00:00:00Z by `{pattern.ToLowerInvariant()}`: an audit", task.Message);
        Assert.Equal((ResourceStatus.Skipped, SyncErrorCode.Suspended), (world.ResultOf(task).Status, world.ResultOf(task).Error!.Code));
        Assert.Empty(world.Catalog.Calls);
        Assert.Empty(world.States.Writes);
    }

    [Theory]
    [InlineData("main.sale")]
    [InlineData("main.sales.orders2")]
    [InlineData("main.*.order?s")]
    public async Task What_no_suspension_covers_is_synced(string pattern)
    {
        await using var world = await World.StartAsync(Arrange);
        world.Suspensions.Suspend(pattern, Far);

        Assert.Equal(SyncTaskOutcome.Succeeded, (await world.RunAsync(Table)).Outcome);

        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_walk_leaves_out_a_suspended_schema_with_everything_in_it_and_syncs_the_rest()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table, "table main.sales.returns", "table main.hr.people");
            world.Policies.Set(1, "table main.*.* select ann@corp.com");
        });
        world.Suspensions.Suspend("main.sales", Far);

        var task = await world.RunAsync("catalog main");

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(
            ["catalog main Success", "schema main.hr Success", "schema main.sales Skipped", "table main.hr.people Success"],
            world.Store.ResultsOf(task.Id).Select(result => $"{result.Type} {result.FullName} {result.Status}").Order(StringComparer.Ordinal));
        Assert.All(world.Catalog.Writes, call => Assert.DoesNotContain("sales", call.On!.FullName, StringComparison.Ordinal));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.hr.people"));
    }

    [Theory]
    [InlineData("VERIFY", false)]
    [InlineData("RESOURCE_SYNC", true)]
    public async Task What_only_reads_goes_on_and_tells_of_the_suspension(string type, bool dryRun)
    {
        await using var world = await World.StartAsync(Arrange);
        world.Suspensions.Suspend("main.sales", Far);

        var task = await world.RunAsync(World.Request(Table) with { Type = type, DryRun = dryRun });

        var result = world.ResultOf(task);
        Assert.Equal((SyncTaskStatus.Success, 1), (task.Status, result.ChangeCount));
        Assert.StartsWith("would grant 1, would revoke 0; ", result.Message, StringComparison.Ordinal);
        Assert.EndsWith("table main.sales.orders is suspended until 2027-01-01T00:00:00Z by `main.sales`: an audit", result.Message, StringComparison.Ordinal);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task From_its_end_on_and_after_it_was_deleted_it_has_no_effect()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Suspensions.Suspend("main", world.Clock!.GetUtcNow().AddSeconds(60));
        world.Suspensions.Suspend("*.sales", Far);
        Assert.Equal(SyncTaskStatus.Skipped, await StatusOfRunAsync(world));

        await world.Suspensions.RemoveAsync(Core.Planning.Patterns.NamePattern.Parse("*.SALES"), CancellationToken.None);
        await world.PassAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(SyncTaskStatus.Skipped, await StatusOfRunAsync(world));
        await world.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(SyncTaskStatus.Success, await StatusOfRunAsync(world));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task The_list_is_read_once_in_two_seconds_however_many_runs_need_it()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 40).Select(n => $"table main.sales.t{n}")]);
            world.Policies.Set(1, "table main.sales.* select ann@corp.com");
        });

        var first = await world.PassUntilEndAsync((await world.SubmitAsync("schema main.sales")).Id, TimeSpan.FromTicks(1));
        Assert.Equal((SyncTaskStatus.Success, 1), (first.Status, world.Suspensions.Reads));
        Assert.True(world.Catalog.Writes.Count > 40);

        await world.PassAsync(TooOld);
        Assert.Equal(1, world.Suspensions.Reads); // not without a run
        await world.PassUntilEndAsync((await world.SubmitAsync("schema main.sales")).Id, TimeSpan.FromTicks(1));
        Assert.Equal(2, world.Suspensions.Reads);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_keeps_a_run_from_writing_until_it_can()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Suspensions.Trouble = () => KeptTasks.Down;
        var task = await world.SubmitAsync(Table);
        await world.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Empty(world.Catalog.Writes);
        Assert.False((await world.Gateway.FindAsync(task.Id, CancellationToken.None))!.Status.IsTerminal());

        world.Suspensions.Trouble = null;

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_list_that_stays_unreadable_fails_the_securable_and_nothing_is_written()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Suspensions.Trouble = () => new FormatException("a damaged row");

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id, TimeSpan.FromSeconds(30));

        Assert.Equal((SyncTaskStatus.Failed, SyncErrorCode.Unavailable), (task.Status, world.ResultOf(task).Error!.Code));
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_list_that_took_longer_than_two_seconds_to_arrive_does_not_count()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Suspensions.BeforeAnswer = () => Task.Delay(TooOld, world.Clock!);
        var task = await world.SubmitAsync(Table);
        await world.PassAsync(TimeSpan.FromSeconds(1));
        world.Suspensions.Suspend("main", Far); // stored after the first read took its copy

        var ended = await world.PassUntilEndAsync(task.Id);
        Assert.NotEqual(SyncTaskStatus.Success, ended.Status);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_change_that_is_recorded_but_not_sent_when_a_suspension_comes_is_not_sent()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        var intent = new Hold();
        world.States.BeforeWrite = name =>
        {
            if (name != Row || intent.Reached.IsCompleted)
            {
                return Task.CompletedTask;
            }

            intent.Reach();
            return intent.Released;
        };
        var task = await world.SubmitAsync(Table);
        await intent.Reached;

        world.Suspensions.Suspend("main.sales.orders", Far);
        await world.PassAsync(TooOld);
        intent.Release();

        var ended = await world.PassUntilEndAsync(task.Id);
        Assert.Equal((SyncTaskStatus.Skipped, SyncErrorCode.Suspended), (ended.Status, world.ResultOf(ended).Error!.Code));
        Assert.Empty(world.Catalog.Writes);
        Assert.Null(world.States.Of(Table)!.OpenIntentOf); // the next writer need not wait
    }

    [Fact]
    public async Task A_change_that_was_sent_when_a_suspension_comes_is_finished_and_read_back()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        var sent = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await sent.Reached;

        world.Suspensions.Suspend("main", Far);
        await world.PassAsync(TooOld);
        sent.Release();

        var ended = await world.PassUntilEndAsync(task.Id);
        Assert.Equal((SyncTaskStatus.Success, 1), (ended.Status, world.ResultOf(ended).ChangeCount));
        Assert.Equal(["ann@corp.com SELECT"], world.States.Of(Table)!.Ledger.Entries.Select(entry => $"{entry.Principal} {entry.Privilege}"));
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
    }

    [Fact]
    public async Task The_second_half_of_a_change_in_two_is_part_of_the_change_under_way()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Policies.Set(2, "table main.sales.orders modify ann@corp.com");
        world.Catalog.RefusesAddWithRemove = true;
        world.Catalog.Forget();
        world.Catalog.InterfereNext(FakeUnityCatalog.Patch, Table, () => { }); // is refused, since it adds and removes
        world.Catalog.InterfereNext(FakeUnityCatalog.Patch, Table, () =>
        {
            world.Suspensions.Suspend("main", Far);
            world.Clock!.Advance(TooOld);
        });

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.Equal(["ann@corp.com:+MODIFY,-SELECT", "ann@corp.com:-SELECT", "ann@corp.com:+MODIFY"], world.Catalog.WritesTo("main.sales.orders"));
        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(SyncTaskStatus.Skipped, await StatusOfRunAsync(world));
    }

    [Fact]
    public async Task A_suspension_between_two_statements_fails_the_securable_and_lists_what_was_made()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
            world.Workspace.WarehouseId = "w1";
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "filter main.sales.orders id=1 ann@corp.com", "mask main.sales.orders.ssn MASK_NULL ann@corp.com");
        });
        var filter = new Hold();
        world.Catalog.MeetStatement("SET ROW FILTER", () =>
        {
            filter.Reach();
            return filter.Released;
        });
        var task = await world.SubmitAsync(Table);
        await filter.Reached;
        world.Suspensions.Suspend("main", Far);
        await world.PassAsync(TooOld);
        filter.Release();

        var ended = await world.PassUntilEndAsync(task.Id);
        var result = world.ResultOf(ended);
        Assert.Equal((SyncTaskStatus.Failed, SyncErrorCode.Suspended), (ended.Status, result.Error!.Code));
        Assert.Equal([ChangeAction.SetFilter], result.Changes.Select(change => change.Action));
        Assert.Equal(("filter", ""), (world.Catalog.GuardsOn("main.sales.orders"), world.Catalog.GrantsOn(Table)));
    }

    [Fact]
    public async Task A_suspended_schema_of_functions_keeps_them_from_being_made()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Workspace.WarehouseId = "w1";
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "filter main.sales.orders id=1 ann@corp.com");
        });
        world.Suspensions.Suspend("main.policysync_guards", Far);

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncErrorCode.Suspended, world.ResultOf(task).Error!.Code);
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Sql);
        Assert.Equal("", world.Catalog.GrantsOn(Table)); // without its filter it is not granted
    }

    [Fact]
    public async Task USE_that_a_walk_could_not_revoke_any_more_is_told()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await world.PassUntilEndAsync((await world.SubmitAsync("catalog main")).Id);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        var last = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(World.Request("schema main.sales") with { AllowRevoke = true });
        await last.Reached;
        world.Suspensions.Suspend("main.sales", Far);
        await world.PassAsync(TooOld);
        last.Release();

        var ended = await world.PassUntilEndAsync(task.Id);

        var schema = Assert.Single(world.Store.ResultsOf(ended.Id), result => result.Type == "schema");
        Assert.Equal((ResourceStatus.Failed, SyncErrorCode.Suspended), (schema.Status, schema.Error!.Code));
        Assert.Contains("ann@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.sales"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_that_ends_meanwhile_is_taken_away_once_the_suspension_is_deleted()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com until=2026/03/01T12:10:00");
            world.DuePeriod = TimeSpan.FromSeconds(5);
        });
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Suspensions.Suspend("main", Far);

        await world.PassAsync(TimeSpan.FromMinutes(60), TimeSpan.FromSeconds(15));
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.DoesNotContain(world.Dues.All, due => due.Contains('#')); // not a failure

        await world.Suspensions.RemoveAsync(Core.Planning.Patterns.NamePattern.Parse("main"), CancellationToken.None);
        var since = world.Clock!.GetUtcNow();
        await world.PassUntilAsync(() => world.Catalog.GrantsOn(Table) == "", "the end of the access", TimeSpan.FromSeconds(15));
        Assert.InRange(world.Clock.GetUtcNow() - since, TimeSpan.Zero, TimeSpan.FromMinutes(16));
    }

    private static async Task<SyncTaskStatus> StatusOfRunAsync(World world) =>
        (await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id, TimeSpan.FromTicks(1))).Status;

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
