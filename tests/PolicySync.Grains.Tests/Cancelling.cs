using PolicySync.Core.Errors;
using PolicySync.Core.Rights;
using PolicySync.Core.Tasks;
using PolicySync.Core.Telemetry;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Cancelling
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_walk_stops_between_securables_and_a_repeat_does_the_rest()
    {
        const int tables = 300;
        await using var world = await World.StartAsync(world => Walk(world, tables));
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.s.t150");
        var task = await world.SubmitAsync("schema main.s");
        await held.Reached;

        var shown = await world.Gateway.CancelAsync(task.Id, "ann", SecurableRights.All, CancellationToken.None);
        Assert.False(shown!.Status.IsTerminal());
        Assert.Equal("ann", shown.Cancel!.By);
        Assert.Contains("Being cancelled", shown.Message, StringComparison.Ordinal);
        held.Release();

        var ended = await world.EndOfAsync(task.Id);
        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Cancelled), (ended.Status, ended.Outcome));
        Assert.Contains("Cancelled by ann after", ended.Message, StringComparison.Ordinal);
        Assert.InRange(ended.Progress.Done, 51, tables - 100);
        Assert.Equal(world.Store.ResultsOf(task.Id).Count, ended.Progress.Done);

        // The write that was under way was read back and recorded.
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.s.t150"));
        Assert.Null(world.States.Of("table main.s.t150")!.OpenIntentOf);
        Assert.DoesNotContain(Enumerable.Range(100, tables), n => world.States.Of($"table main.s.t{n}")?.OpenIntentOf is not null);

        var written = world.Catalog.Writes.Count;
        var repeated = await world.RunAsync("schema main.s");
        Assert.Equal(SyncTaskStatus.Success, repeated.Status);
        Assert.True(repeated.Progress.Changed >= tables - ended.Progress.Changed);
        Assert.Equal(tables, world.Catalog.Writes.Count(write => write.On!.FullName.StartsWith("main.s.t", StringComparison.Ordinal)));
        Assert.True(written < world.Catalog.Writes.Count);
    }

    [Fact]
    public async Task Nothing_is_written_for_a_task_after_it_has_ended()
    {
        await using var world = await World.StartAsync(world => Walk(world, 100));
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.s.t120");
        var task = await world.SubmitAsync("schema main.s");
        await held.Reached;
        await world.Gateway.CancelAsync(task.Id, null, SecurableRights.All, CancellationToken.None);
        held.Release();
        await world.EndOfAsync(task.Id);

        var written = world.Catalog.Writes.Count;
        await World.SettleAsync();

        Assert.Equal(written, world.Catalog.Writes.Count);
    }

    [Fact]
    public async Task Repeating_a_cancel_or_cancelling_an_ended_task_changes_nothing()
    {
        await using var world = await World.StartAsync(world => Walk(world, 50));
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.s.t110");
        var task = await world.SubmitAsync("schema main.s");
        await held.Reached;
        var first = await world.Gateway.CancelAsync(task.Id, "ann", SecurableRights.All, CancellationToken.None);
        var second = await world.Gateway.CancelAsync(task.Id, "bob", SecurableRights.All, CancellationToken.None);
        held.Release();
        var ended = await world.EndOfAsync(task.Id);
        var third = await world.Gateway.CancelAsync(task.Id, "bob", SecurableRights.All, CancellationToken.None);

        Assert.Equal(("ann", first!.Cancel!.Time), (second!.Cancel!.By, second.Cancel.Time));
        Assert.Equal((ended.Status, ended.EndTime, "ann"), (third!.Status, third.EndTime, third.Cancel!.By));

        var good = await world.RunAsync("table main.s.t100");
        Assert.Equal(SyncTaskStatus.Success, (await world.Gateway.CancelAsync(good.Id, "bob", SecurableRights.All, CancellationToken.None))!.Status);
        Assert.Null(await world.Gateway.CancelAsync(new TaskId(77), "bob", SecurableRights.All, CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_waits_is_left_at_once_and_shown_as_skipped()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, $"{Table} select ann@corp.com");
            world.Policies.Failure = FakePolicies.Gone;
        });
        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Gateway.FindAsync(task.Id, CancellationToken.None).Result!.Status == SyncTaskStatus.Waiting, "a task that waits");

        await world.Gateway.CancelAsync(task.Id, "ann", SecurableRights.All, CancellationToken.None);

        var ended = await world.EndOfAsync(task.Id);
        Assert.Equal(SyncTaskOutcome.Cancelled, ended.Outcome);
        var result = world.ResultOf(ended);
        Assert.Equal((ResourceStatus.Skipped, SyncErrorCode.Cancelled), (result.Status, result.Error!.Code));
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_run_that_another_task_wants_too_goes_on_for_that_task()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, $"{Table} select ann@corp.com");
        });
        using var coalesced = world.Count(MetricNames.RunsCoalesced);
        var running = world.Catalog.HoldNext(FakeUnityCatalog.Read, Table);
        var first = await world.SubmitAsync(Table);
        await running.Reached;
        var second = await world.SubmitAsync(Table);
        var third = await world.SubmitAsync(Table); // shares the run of the second
        await World.UntilAsync(() => coalesced.Value == 1, "both to have joined the next run");

        await world.Gateway.CancelAsync(second.Id, "ann", SecurableRights.All, CancellationToken.None);
        Assert.Equal(SyncTaskOutcome.Cancelled, (await world.EndOfAsync(second.Id)).Outcome);
        running.Release();

        Assert.Equal(SyncTaskOutcome.Succeeded, (await world.EndOfAsync(first.Id)).Outcome);
        Assert.Equal(SyncTaskOutcome.Succeeded, (await world.EndOfAsync(third.Id)).Outcome);
    }

    [Fact]
    public async Task A_task_that_waits_in_line_ends_without_a_call_to_the_workspace()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table, "table main.sales.customers");
            world.Policies.Set(1, "table main.sales.* select ann@corp.com");
            world.MaxDrivenTasks = 1;
            world.RecoveryMinAge = TimeSpan.FromMinutes(1);
        });
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var driven = await world.SubmitAsync(Table);
        await held.Reached;
        var inLine = await world.SubmitAsync("table main.sales.customers");

        var shown = await world.Gateway.CancelAsync(inLine.Id, "ann", SecurableRights.All, CancellationToken.None);
        held.Release();

        Assert.Equal((SyncTaskStatus.Failed, SyncTaskOutcome.Cancelled), (shown!.Status, shown.Outcome));
        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(driven.Id)).Status);
        await World.SettleAsync();
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On?.FullName == "main.sales.customers");
        Assert.Equal(SyncTaskOutcome.Cancelled, (await world.EndOfAsync(inLine.Id)).Outcome);
    }

    [Fact]
    public async Task A_silo_killed_between_cancel_and_end_leaves_no_open_write_and_the_task_ends_cancelled()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Walk(world, 200);
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(200);
                world.Workspace.WriteTimeout = TimeSpan.FromSeconds(2);
            }, silos: 2);
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.s.t150");
        var task = await world.SubmitAsync("schema main.s");
        await held.Reached;
        await world.Gateway.CancelAsync(task.Id, "ann", SecurableRights.All, CancellationToken.None);
        await world.KillAsync(world.SiloOf(task.Id));
        held.Release();

        var ended = await world.EndOfAsync(task.Id);

        Assert.Equal((SyncTaskOutcome.Cancelled, "ann"), (ended.Outcome, ended.Cancel!.By));
        Assert.Equal(world.Store.ResultsOf(task.Id).Count, ended.Progress.Done);
        Assert.DoesNotContain(Enumerable.Range(100, 200), n => world.States.Of($"table main.s.t{n}")?.OpenIntentOf is not null);
        Assert.InRange(ended.Progress.Done, 50, 199); // what had ended before the cancel is counted and listed
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync("schema main.s")).Status);
        Assert.All(Enumerable.Range(100, 200), n => Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn($"table main.s.t{n}")));
    }

    [Fact]
    public async Task A_storage_that_does_not_answer_is_an_error_and_never_a_lost_cancel()
    {
        await using var world = await World.StartAsync(world => Walk(world, 100));
        var held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, "table main.s.t150");
        var task = await world.SubmitAsync("schema main.s");
        await held.Reached;
        world.Store.Trouble = (what, _) => what == "save" ? KeptTasks.Down : null;

        var refused = await Assert.ThrowsAsync<SyncException>(() => world.Gateway.CancelAsync(task.Id, "ann", SecurableRights.All, CancellationToken.None));
        world.Store.Trouble = null;
        await World.UntilAsync(() => world.Gateway.FindAsync(task.Id, CancellationToken.None).Result!.Cancel is not null, "the cancel to be stored");
        held.Release();

        Assert.Equal(SyncErrorCode.Unavailable, refused.Code);
        Assert.Equal(SyncTaskOutcome.Cancelled, (await world.EndOfAsync(task.Id)).Outcome); // stored when the storage answered again
    }

    private static void Walk(World world, int tables)
    {
        world.Catalog.Add([.. Enumerable.Range(100, tables).Select(n => $"table main.s.t{n}")]);
        world.Policies.Set(1, "table main.s.* select ann@corp.com");
    }
}
