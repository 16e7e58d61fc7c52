using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Row filters and masks in a run: before SELECT, after its revoke, under the same fence as every write.</summary>
public sealed class TableGuards
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";
    private const string Select = "table main.sales.orders select ann@corp.com,bob@corp.com";
    private const string Mask = "mask main.sales.orders.ssn MASK_NULL ann@corp.com";
    private const string Filter = "filter main.sales.orders id=1 bob@corp.com";

    [Fact]
    public async Task Guards_stand_before_the_SELECT_that_they_guard_and_are_told_with_their_policies()
    {
        await using var world = await World.StartAsync(world => Arrange(world, Select, Mask, Filter));

        var task = await world.RunAsync(Table);

        Assert.Equal(
            ["SQL CREATE SCHEMA", "SQL CREATE OR REPLACE FUNCTION", "SQL CREATE OR REPLACE FUNCTION", "SQL SET ROW FILTER", "SQL SET MASK",
                "PATCH ann@corp.com:+SELECT bob@corp.com:+SELECT"], WritesTo(world));
        Assert.Equal(["SET_FILTER  3", "SET_MASK ssn 2", "GRANT  1", "GRANT  1"], Shown(world.ResultOf(task)));
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
        Assert.Equal(2, world.States.Of(Table)!.GuardFunctions.Count);
    }

    [Fact]
    public async Task An_unchanged_policy_makes_no_statement_and_no_write_at_all()
    {
        await using var world = await World.StartAsync(world => Arrange(world, Select, Mask, Filter));
        await world.RunAsync(Table);
        world.Catalog.Forget();
        world.States.ClearWrites();

        await world.RunAsync(Table);

        Assert.Empty(WritesTo(world));
        Assert.Empty(world.States.Writes);
        Assert.Single(world.Catalog.Calls, call => call.On?.FullName == Name && call.Operation == FakeUnityCatalog.Table); // which is the GET of the table
        Assert.DoesNotContain(world.Catalog.Calls, call => call.On?.FullName == Name && call.Operation == FakeUnityCatalog.Get);
    }

    [Fact]
    public async Task A_grant_that_was_revoked_before_a_guard_was_dropped_is_not_recorded_any_more()
    {
        await using var world = await World.StartAsync(world => Arrange(world, Select, Mask));
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");

        await world.RunAsync(Table);

        Assert.Equal("", world.Catalog.GuardsOn(Name));
        Assert.Equal(["bob@corp.com"], world.States.Of(Table)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Fact]
    public async Task Revokes_go_before_a_guard_goes_and_grants_come_after_the_new_one_stands()
    {
        await using var world = await World.StartAsync(world => Arrange(world, Select, Mask));
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com,cid@corp.com", Filter, "mask main.sales.orders.ssn MASK_NULL cid@corp.com");
        world.Catalog.Forget();

        var task = await world.RunAsync(Table);

        Assert.Equal(
            ["PATCH ann@corp.com:-SELECT", "SQL CREATE SCHEMA", "SQL CREATE OR REPLACE FUNCTION", "SQL CREATE OR REPLACE FUNCTION",
                "SQL SET ROW FILTER", "SQL SET MASK", "SQL DROP FUNCTION", "PATCH cid@corp.com:+SELECT"], WritesTo(world));
        Assert.Equal(["REVOKE  1", "SET_FILTER  2", "SET_MASK ssn 3", "GRANT  1"], Shown(world.ResultOf(task)));
        Assert.Equal(2, world.Catalog.Functions.Count);

        world.Policies.Set(3, "table main.sales.orders select cid@corp.com", "table main.other.a select cid@corp.com");
        world.Catalog.Forget();
        task = await world.RunAsync(Table);

        Assert.Equal(["PATCH bob@corp.com:-SELECT", "SQL DROP ROW FILTER", "SQL DROP MASK", "SQL DROP FUNCTION", "SQL DROP FUNCTION"], WritesTo(world));
        Assert.Equal(["REVOKE  1", "DROP_FILTER  2", "DROP_MASK ssn 3"], Shown(world.ResultOf(task)));
        Assert.Empty(world.Catalog.Functions);
        Assert.Empty(world.States.Of(Table)!.GuardFunctions);
    }

    [Fact]
    public async Task A_function_that_cannot_be_dropped_is_told_of_and_left_alone_for_a_day()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, Select, Mask));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Policies.Set(2, Select);
        world.Catalog.MeetStatement("DROP FUNCTION", () => throw new SyncException(SyncErrorCode.InvalidPlan, "a statement failed: [ROUTINE_IN_USE] no"));

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("", world.Catalog.GuardsOn(Name));
        Assert.Contains($"`{Assert.Single(world.Catalog.Functions)}`, which nothing uses any more, could not be dropped", world.ResultOf(task).Message);

        world.Catalog.Forget();
        world.States.ClearWrites();
        task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        Assert.Empty(WritesTo(world));
        Assert.DoesNotContain(world.States.Writes, write => write.Contains(Name, StringComparison.Ordinal));
        Assert.Contains("could not be dropped", world.ResultOf(task).Message);

        await world.PassAsync(TimeSpan.FromDays(1.1), TimeSpan.FromHours(6));
        task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        Assert.Empty(world.Catalog.Functions);
        Assert.Equal("nothing to change", world.ResultOf(task).Message);
    }

    [Fact]
    public async Task A_guard_that_cannot_be_set_takes_back_the_SELECT_of_ours_that_it_should_guard_and_exposes_that_of_others()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, Select);
            world.Catalog.Grant(Table, "cid@corp.com", "SELECT");
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, Select, "mask main.sales.orders.ssn MASK_NULL ann@corp.com,cid@corp.com");
        world.Catalog.MeetStatement("CREATE OR REPLACE", () => throw new SyncException(SyncErrorCode.InvalidPlan, "a statement failed: [NO] no"));

        var task = await world.RunAsync(Table);

        Assert.Equal("bob@corp.com:SELECT cid@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
        var gaps = world.ResultOf(task).Gaps;
        Assert.Contains(gaps, gap => gap is { Code: GapCode.GuardUnavailable, Direction: GapDirection.Withheld, Principal: "ann@corp.com", PolicyId: 2 });
        Assert.Contains(gaps, gap => gap is { Direction: GapDirection.Exposed, Principal: "cid@corp.com", Privilege: "SELECT" });

        await world.RunAsync(Table); // and set as soon as it can be

        Assert.Equal("mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT cid@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_warehouse_that_does_not_come_takes_back_SELECT_when_the_time_for_retries_is_over()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, Select));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Policies.Set(2, Select, Mask);
        world.Catalog.Warehouse = new SyncException(SyncErrorCode.Unavailable, "the warehouse is starting") { RetryAfter = TimeSpan.FromSeconds(3) };

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id, TimeSpan.FromSeconds(3));

        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
    }

    [Fact]
    public async Task Without_a_warehouse_and_on_views_SELECT_is_withheld_as_before()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, Select, Mask);
            world.Workspace.WarehouseId = null;
        });

        await world.RunAsync(Table);

        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Table);
    }

    [Fact]
    public async Task A_dry_run_tells_statements_word_for_word_and_sends_none()
    {
        await using var world = await World.StartAsync(world => Arrange(world, Select, Mask));

        var task = await world.RunAsync(World.Request(Table) with { DryRun = true });

        var result = world.ResultOf(task);
        Assert.Empty(WritesTo(world));
        var state = world.States.Of(Table)!;
        Assert.Equal((0L, 0, true), (state.Epoch, state.GuardFunctions.Count, state.MayHaveDrift)); // that it found a difference, no intent
        Assert.Equal(["SET_MASK ssn 2", "GRANT  1", "GRANT  1"], Shown(result)); // in the order of a writing run
        Assert.Equal([FakeUnityCatalog.Sql, FakeUnityCatalog.Sql, FakeUnityCatalog.Sql, FakeUnityCatalog.Patch], result.PlannedCalls.Select(call => call.Method));
        Assert.Contains("ALTER COLUMN \\u0060ssn\\u0060 SET MASK", result.PlannedCalls[2].Body);
    }

    [Fact]
    public async Task A_successor_waits_until_a_dead_writers_statement_can_no_longer_act()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world, Select, Mask);
            world.States.Write("resource main.sales.orders", """{"epoch":4,"openIntentOf":"5f0e9a35-2d6b-4c0e-8a10-7f3c1c528a51","intentLasts":"00:01:00"}""");
        });

        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.States.Of(Table)!.Epoch > 4, "the row to be taken over");
        await world.PassAsync(TimeSpan.FromSeconds(61.5), TimeSpan.FromSeconds(5));
        Assert.Empty(WritesTo(world));
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);
        Assert.Equal("mask:ssn", world.Catalog.GuardsOn(Name));
    }

    [Fact]
    public async Task A_statement_whose_answer_was_lost_is_waited_out_and_the_rest_planned_from_a_fresh_read()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, Select, Mask));
        world.Catalog.MeetStatement("SET MASK", () => throw new SyncException(SyncErrorCode.Unavailable, "connection reset") { OutcomeUnknown = true });

        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => world.Catalog.Statements.Contains("SET MASK"), "the mask");
        world.Catalog.Forget();
        await world.PassAsync(TimeSpan.FromSeconds(61.5), TimeSpan.FromSeconds(5));
        Assert.Empty(WritesTo(world));
        Assert.Equal(SyncTaskStatus.Success, (await world.PassUntilEndAsync(task.Id)).Status);

        Assert.Equal("mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.NotNull(world.States.Of(Table)!.RecheckAt);
    }

    private static void Arrange(World world, params string[] policies)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, policies);
        world.Workspace.WarehouseId = "w";
        world.Sync.ParentUse = false;
    }

    private static IEnumerable<string> WritesTo(World world) => world.Catalog.Calls
        .Where(call => call.Operation == FakeUnityCatalog.Sql || (call.Operation == FakeUnityCatalog.Patch && call.On!.FullName == Name))
        .Select(call => $"{call.Operation} {call.Detail}");

    private static IEnumerable<string> Shown(ResourceResult result) =>
        result.Changes.Select(change => $"{Core.WireNames.Of(change.Action)} {change.Column} {change.PolicyId}");
}
