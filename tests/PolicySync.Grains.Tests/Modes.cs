using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Modes
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task In_mode_Owned_a_foreign_grant_stays_and_is_a_gap()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Grant(Table, "cid@corp.com", "SELECT");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:SELECT cid@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.ForeignGrant, GapDirection.Exposed, "cid@corp.com"), (gap.Code, gap.Direction, gap.Principal));
    }

    [Fact]
    public async Task In_mode_Owned_what_others_granted_and_policy_wanted_for_a_while_stays()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Catalog.Grant(Table, "ann@corp.com", "SELECT");
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");

        await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Adopted_grants_are_ours_by_one_write_of_state_and_none_to_unity_catalog()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Sync.AdoptExisting = true;
            world.Sync.ParentUse = false;
            world.Catalog.Grant(Table, "ann@corp.com", "SELECT");
        });

        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Writes);
        Assert.Equal("ann@corp.com", Assert.Single(world.States.Of(Table)!.Ledger.Entries).Principal);
        world.States.ClearWrites();
        await world.RunAsync(Table);

        Assert.Empty(world.States.Writes);
    }

    [Fact]
    public async Task In_mode_Exact_the_service_its_groups_owners_and_the_protected_keep_what_they_have()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Sync.Mode = SyncMode.Exact;
            world.Sync.Protected.Add("Cid@corp.com");
            world.Catalog.Grant(Table, "svc@corp.com", "MANAGE");
            world.Catalog.Grant(Table, "admins", "MANAGE");
            world.Catalog.Grant(Table, "owner@corp.com", "SELECT");
            world.Catalog.Grant(Table, "cid@corp.com", "SELECT");
            world.Catalog.Grant(Table, "bob@corp.com", "SELECT");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal("admins:MANAGE ann@corp.com:SELECT cid@corp.com:SELECT owner@corp.com:SELECT svc@corp.com:MANAGE", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Mode_Exact_does_nothing_while_the_service_does_not_know_itself()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Sync.Mode = SyncMode.Exact;
            world.Directory.KnowsItself = false;
        });

        Assert.Equal(SyncErrorCode.InvalidPlan, world.ResultOf(await world.RunAsync(Table)).Error!.Code);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_plan_that_takes_away_too_much_writes_nothing_unless_the_task_allows_it()
    {
        var users = string.Join(',', Enumerable.Range(0, 12).Select(n => $"user{n}@corp.com"));
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, $"table main.sales.orders select {users}");
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select user0@corp.com");
        world.Catalog.Forget();
        world.Index.Forget();
        var ledger = world.States.Of(Table)!.Ledger.Entries;

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Failed, SyncErrorCode.RevokeGuard), (task.Status, world.ResultOf(task).Error!.Code));
        Assert.Empty(world.Catalog.WritesTo("main.sales.orders"));
        Assert.Equal(["+ table main.sales.orders f main"], world.Index.Writes); // that it failed, and nothing else
        Assert.Equal(ledger, world.States.Of(Table)!.Ledger.Entries);
        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
        Assert.StartsWith("1 of 1 securables failed; first: table main.sales.orders: REVOKE_GUARD", task.Message, StringComparison.Ordinal);

        task = await world.RunAsync(World.Request(Table) with { AllowRevoke = true });
        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal("user0@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_dry_run_tells_what_it_would_do_and_writes_nothing()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(World.Request(Table) with { DryRun = true });

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Empty(world.Catalog.Writes);
        var state = world.States.Of(Table)!;
        Assert.Equal((0L, 0, true), (state.Epoch, state.Ledger.Entries.Count, state.MayHaveDrift)); // that it found a difference, no intent
        var result = world.ResultOf(task);
        Assert.Equal((ChangeAction.Grant, "ann@corp.com", "SELECT"),
            (result.Changes[0].Action, result.Changes[0].Principal, result.Changes[0].Privilege));
        Assert.StartsWith("would grant 1, would revoke 0", result.Message, StringComparison.Ordinal);
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
