using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class OneWriter
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";
    private const string Row = "resource main.sales.orders";

    [Fact]
    public async Task Intent_is_written_before_the_change_and_holds_what_was_ours_and_what_is_to_be()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select,modify bob@corp.com");
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);

        var task = await world.SubmitAsync(Table);
        await hold.Reached;

        var row = world.States.Of(Table)!;
        Assert.NotNull(row.OpenIntentOf);
        Assert.Equal(["ann@corp.com SELECT", "bob@corp.com MODIFY", "bob@corp.com SELECT"],
            row.Ledger.Entries.Select(entry => $"{entry.Principal} {entry.Privilege}"));
        hold.Release();
        await world.EndOfAsync(task.Id);
        row = world.States.Of(Table)!;
        Assert.Null(row.OpenIntentOf);
        Assert.Equal(["bob@corp.com MODIFY", "bob@corp.com SELECT"], row.Ledger.Entries.Select(entry => $"{entry.Principal} {entry.Privilege}"));
    }

    [Fact]
    public async Task Who_finds_the_intent_of_another_waits_until_its_write_cannot_act_and_then_reads_afresh()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.States.Change(Table, row => row.OpenIntentOf = Guid.NewGuid());
        });

        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.States.Writes.Contains(Row), "the row to be taken over");
        await world.PassAsync(TimeSpan.FromSeconds(11.9));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName == Name);

        await world.PassAsync(TimeSpan.FromSeconds(0.2));
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
    }

    [Fact]
    public async Task A_row_that_was_taken_over_but_not_waited_out_is_waited_out_by_the_next_try()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
            world.States.Change(Table, row => row.OpenIntentOf = Guid.NewGuid());
        });
        var tries = 0;
        world.States.BeforeWrite = name => name == Row && ++tries == 1 ? throw new TimeoutException("storage") : Task.CompletedTask;

        var task = await world.SubmitAsync(Table);
        await world.PassUntilAsync(() => tries >= 2, "the second try");
        await world.PassAsync(TimeSpan.FromSeconds(11.5), TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName == Name);

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
    }

    [Fact]
    public async Task A_writer_that_was_deposed_before_its_change_does_not_send_it()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var other = Guid.NewGuid();
        world.States.BeforeWrite = name =>
        {
            if (name == Row)
            {
                world.States.BeforeWrite = null;
                world.States.Change(Table, state => state.OpenIntentOf = other);
            }

            return Task.CompletedTask;
        };

        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.States.Of(Table)?.OpenIntentOf == other, "the other writer");
        await World.SettleAsync();
        Assert.Empty(world.Catalog.WritesTo(Name));

        var deposed = world.Clock!.GetUtcNow();
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        var write = Assert.Single(world.Catalog.Writes, call => call.On!.FullName == Name);
        Assert.True(write.At - deposed >= TimeSpan.FromSeconds(12), $"written {write.At - deposed} after another writer's intent");
    }

    [Fact]
    public async Task A_writer_that_was_deposed_during_its_change_writes_nothing_more()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await hold.Reached;
        world.States.Change(Table, state => (state.OpenIntentOf, state.Epoch) = (Guid.NewGuid(), 99));
        world.States.ClearWrites();

        hold.Release();
        await World.SettleAsync();
        await World.SettleAsync();
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Single(world.Catalog.WritesTo(Name)); // its successor found the change made
        Assert.True(world.States.Of(Table)!.Epoch > 99);
    }

    [Fact]
    public async Task A_change_without_an_answer_is_waited_out_and_reported_when_a_read_shows_it()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Catalog.LoseNextAnswer(Table, takesEffect: true);

        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Catalog.WritesTo(Name).Count == 1, "the change");
        var lost = world.Clock!.GetUtcNow();
        world.Catalog.Forget();
        await world.PassAsync(TimeSpan.FromSeconds(11.9));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On!.FullName == Name);
        task = await world.PassUntilEndAsync(task.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Empty(world.Catalog.WritesTo(Name));
        Assert.True(world.Catalog.Calls[0].At - lost >= TimeSpan.FromSeconds(12));
        var change = Assert.Single(world.ResultOf(task).Changes);
        Assert.Equal((ChangeAction.Grant, "ann@corp.com", "SELECT"), (change.Action, change.Principal, change.Privilege));
    }

    [Fact]
    public async Task A_change_that_takes_effect_long_after_it_was_given_up_is_repaired()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var takeEffect = world.Catalog.LoseNextAnswer(Table, takesEffect: false);
        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Catalog.WritesTo(Name).Count == 1, "the change");
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        await world.PassUntilEndAsync(task.Id);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));

        takeEffect();
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        await world.PassUntilAsync(
            () => world.Catalog.GrantsOn(Table) == "bob@corp.com:SELECT", "the repair", TimeSpan.FromSeconds(1));

        Assert.Equal(0, world.Catalog.Overlaps);
    }

    [Fact]
    public async Task The_look_after_an_unanswered_use_change_touches_nothing_else_of_the_container()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com", "schema main.sales create_table cid@corp.com");
        });
        world.Catalog.LoseNextAnswer("schema main.sales", takesEffect: true);

        var task = await world.SubmitAsync(Table);
        await world.PassUntilEndAsync(task.Id);
        await world.PassAsync(TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(1));

        Assert.Equal("ann@corp.com:USE_SCHEMA cid@corp.com:USE_SCHEMA", world.Catalog.GrantsOn("schema main.sales"));
    }

    [Fact]
    public async Task A_change_that_reads_never_show_fails_the_securable_and_stays_in_the_ledger()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Catalog.LagReads(Table, 100_000);

        var task = await world.SubmitAsync(Table);
        task = await world.PassUntilEndAsync(task.Id, TimeSpan.FromSeconds(1));

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Failed), (task.Status, task.Outcome));
        Assert.Equal(SyncErrorCode.NotVerified, world.ResultOf(task).Error!.Code);
        Assert.Single(world.Catalog.WritesTo(Name));
        var row = world.States.Of(Table)!;
        Assert.Null(row.OpenIntentOf);
        Assert.Equal("ann@corp.com", Assert.Single(row.Ledger.Entries).Principal);

        // Readable again, it is ours and nothing is left to write.
        world.Catalog.LagReads(Table, 0);
        world.Catalog.Forget();
        task = await world.SubmitAsync(Table);
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Empty(world.Catalog.Writes);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Reads_that_lag_are_polled_and_not_answered_by_another_change()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Catalog.LagReads(Table, 4); // the opening read and three after the change

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Single(world.Catalog.WritesTo(Name));
        Assert.Equal(1, world.ResultOf(task).ChangeCount);
    }

    [Fact]
    public async Task A_change_is_reported_although_the_read_after_it_failed()
    {
        await using var world = await World.StartAsync(Arrange);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await hold.Reached;
        world.Catalog.FailNext(FakeUnityCatalog.Read, Table, new SyncException(SyncErrorCode.Unavailable, "HTTP 503"));
        hold.Release();

        task = await world.EndOfAsync(task.Id);

        Assert.Equal(1, world.ResultOf(task).ChangeCount);
        Assert.Single(world.Catalog.WritesTo(Name));
    }

    [Fact]
    public async Task An_intent_row_that_took_too_long_is_written_anew_before_the_change_is_sent()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        var slow = 2;
        world.States.BeforeWrite = name =>
        {
            if (name == Row && slow-- > 0)
            {
                world.Clock!.Advance(TimeSpan.FromSeconds(6));
            }

            return Task.CompletedTask;
        };

        var task = await world.SubmitAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Equal(4, world.States.Writes.Count(name => name == Row)); // two slow, one in time, one to close
        Assert.Single(world.Catalog.WritesTo(Name));
    }

    [Fact]
    public async Task An_intent_row_of_which_storage_did_not_say_that_it_was_written_is_found_and_waited_out()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world);
            world.Sync.ParentUse = false;
        });
        world.States.AfterWrite = name =>
        {
            if (name == Row)
            {
                world.States.AfterWrite = null;
                throw new TimeoutException("storage");
            }
        };

        var task = await world.SubmitAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Single(world.Catalog.WritesTo(Name));
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
    }

    [Fact]
    public async Task A_killed_writer_is_succeeded_without_overlap_although_its_change_was_still_under_way()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world);
                world.ResponseTimeout = TimeSpan.FromSeconds(5);
                world.Workspace.WriteTimeout = TimeSpan.FromSeconds(3);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
            },
            silos: 2);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await hold.Reached;
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        var dead = world.States.Of(Table)!.OpenIntentOf;

        var kill = world.KillAsync(world.SiloOf(ResourceKey.Of("test", Support.Resources.Parse(Table))));
        await World.UntilAsync(() => world.States.Of(Table)!.OpenIntentOf != dead, "the row to be taken over");
        hold.Release();
        await kill;
        task = await world.EndOfAsync(task.Id);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal(0, world.Catalog.Overlaps);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table)); // what the dead one granted was ours to revoke
    }

    [Fact]
    public async Task A_silo_that_is_shut_down_lets_its_change_end_and_leaves_no_intent_to_wait_for()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
            },
            silos: 2);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await hold.Reached;

        var stop = world.Cluster.StopSiloAsync(world.SiloOf(ResourceKey.Of("test", Support.Resources.Parse(Table))));
        await Task.Delay(300);
        Assert.NotNull(world.States.Of(Table)!.OpenIntentOf);
        hold.Release();
        await stop;
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);

        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        Assert.Single(world.Catalog.WritesTo(Name));
        Assert.Equal("ann@corp.com", Assert.Single(world.States.Of(Table)!.Ledger.Entries).Principal);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
