using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>VERIFY tasks, and what a run tells of changes that others made.</summary>
public sealed class Verifying
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_verify_task_finds_what_differs_and_writes_nothing_but_what_it_found()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync(Verify("catalog main"));

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.Drifted), (task.Status, task.Outcome));
        Assert.StartsWith("3 of 3 securables differ from policy", task.Message, StringComparison.Ordinal);
        Assert.Empty(world.Catalog.Writes);
        Assert.All([Table, "schema main.sales", "catalog main"], securable =>
        {
            var state = world.States.Of(securable)!;
            Assert.Equal((true, 0L, null, false), (state.MayHaveDrift, state.Epoch, state.OpenIntentOf, state.HoldsAnything));
            Assert.Single(world.Drift.Of(securable));
        });
        Assert.Equal(
            ["GRANT ann@corp.com USE_CATALOG", "GRANT ann@corp.com USE_SCHEMA", "GRANT ann@corp.com SELECT"],
            world.Store.ResultsOf(task.Id).SelectMany(result => result.Changes)
                .Select(change => $"{change.Action.ToString().ToUpperInvariant()} {change.Principal} {change.Privilege}"));
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.True(result.Drifted));
    }

    [Theory]
    [InlineData("catalog main")]
    [InlineData(Table)]
    public async Task A_verify_task_finds_nothing_after_a_sync(string resource)
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(resource);
        world.Catalog.Forget();

        var task = await world.RunAsync(Verify(resource));

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.Succeeded), (task.Status, task.Outcome));
        Assert.StartsWith("Nothing to change", task.Message, StringComparison.Ordinal);
        Assert.Empty(world.Catalog.Writes);
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.False(result.Drifted));
    }

    [Fact]
    public async Task A_table_whose_parents_lack_use_differs()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        world.Catalog.Revoke("catalog main", "ann@corp.com", "USE_CATALOG");

        var task = await world.RunAsync(Verify(Table));

        Assert.Equal(SyncTaskOutcome.Drifted, task.Outcome);
        Assert.True(world.ResultOf(task).Drifted);
        Assert.Contains("USE on catalog main: would grant 1", world.ResultOf(task).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_container_hands_down_that_the_task_does_not_look_at_is_found_by_one_question(bool isManaged)
    {
        await using var world = await World.StartAsync(world =>
        {
            Unseen(world, isManaged);
            world.Catalog.Grant("catalog main", "cid@corp.com", "SELECT", "BROWSE");
            world.Catalog.Grant("catalog main", "bob@corp.com", "SELECT");
            world.Catalog.Grant("catalog main", "svc@corp.com", "MANAGE", "SELECT");
        });

        var verified = world.ResultOf(await world.RunAsync(Verify(Table)));

        var gap = Assert.Single(verified.Gaps, gap => gap.Code == GapCode.InheritedAccess);
        Assert.Equal((GapDirection.Exposed, "cid@corp.com", "SELECT"), (gap.Direction, gap.Principal, gap.Privilege));
        Assert.Contains("catalog main grants it and hands it down", gap.Detail, StringComparison.Ordinal);
        Assert.Single(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task Where_containers_are_looked_at_nobody_asks_that_question_and_neither_does_a_sync()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Verify(Table));
        await world.RunAsync(Verify("catalog main"));
        await using var other = await World.StartAsync(world => Unseen(world, isManaged: false));
        await other.RunAsync(Table);

        Assert.DoesNotContain(world.Catalog.Calls.Concat(other.Catalog.Calls), call => call.Operation == FakeUnityCatalog.Effective);
    }

    [Fact]
    public async Task A_question_that_is_refused_is_a_gap_and_not_a_failure()
    {
        await using var world = await World.StartAsync(world =>
        {
            Unseen(world, isManaged: false);
            world.Catalog.FailNext(FakeUnityCatalog.Effective, Table, new SyncException(SyncErrorCode.PermissionDenied, "no right"));
        });

        var task = await world.RunAsync(Verify(Table));

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Contains("could not be read: no right", Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.InheritedAccess).Detail, StringComparison.Ordinal);
    }

    // The catalog is not looked at: it is not managed, or parents' USE is nobody's concern. bob has his SELECT from policy.
    private static void Unseen(World world, bool isManaged)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, $"{Table} select ann@corp.com", "catalog main select bob@corp.com");
        if (isManaged)
        {
            world.Sync.ParentUse = false;
        }
        else
        {
            world.Sync.Managed.Securables.Include.Add("main.sales");
        }
    }

    [Fact]
    public async Task What_others_revoked_and_granted_is_named_and_a_sync_says_so_too_when_it_repairs()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var made = await world.RunAsync(Table);
        world.Clock!.Advance(TimeSpan.FromMinutes(2)); // our own write has long shown
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
        ExternalChange[] expected =
        [
            new(ChangeAction.Revoke, "ann@corp.com", "SELECT", 1, made.Id.ToString(), null, null),
            new(ChangeAction.Grant, "eve@corp.com", "MODIFY", null, null, null, null),
        ];

        var verified = world.ResultOf(await world.RunAsync(Verify(Table)));
        var repaired = world.ResultOf(await world.RunAsync(Table));

        Assert.Equal(expected, verified.ExternalChanges);
        Assert.Equal(2, verified.ExternalChangeCount);
        Assert.Equal(expected, repaired.ExternalChanges);
        Assert.Equal("ann@corp.com:SELECT eve@corp.com:MODIFY", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_grant_of_others_that_the_mode_leaves_is_no_drift_and_is_reported()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        world.Catalog.Grant(Table, "eve@corp.com", "SELECT");

        var task = await world.RunAsync(Verify(Table));

        Assert.NotEqual(SyncTaskOutcome.Drifted, task.Outcome);
        Assert.False(world.ResultOf(task).Drifted);
        Assert.Empty(world.ResultOf(task).Changes); // mode Owned leaves it
        Assert.Equal("eve@corp.com", Assert.Single(world.ResultOf(task).ExternalChanges).Principal);
    }

    [Fact]
    public async Task The_owners_and_the_services_own_grants_are_no_drift()
    {
        await using var world = await World.StartAsync(Arrange);
        await world.RunAsync(Table);
        world.Catalog.Grant(Table, "owner@corp.com", "MODIFY");

        var task = await world.RunAsync(Verify(Table));

        Assert.NotEqual(SyncTaskOutcome.Drifted, task.Outcome);
        Assert.Empty(world.ResultOf(task).ExternalChanges);
    }

    [Fact]
    public async Task Our_own_write_that_does_not_show_yet_is_nobodys_revoke()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await world.RunAsync(Table);
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT"); // to us it could be a read that lags
        world.Clock!.Advance(TimeSpan.FromSeconds(30));

        Assert.Empty(world.ResultOf(await world.RunAsync(Verify(Table))).ExternalChanges);
    }

    [Fact]
    public async Task Who_changed_a_schema_is_told_when_its_record_says_so()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await world.RunAsync("schema main.sales");
        world.Clock!.Advance(TimeSpan.FromMinutes(2));
        world.Catalog.Grant("schema main.sales", "eve@corp.com", "MODIFY");
        var at = world.Clock.GetUtcNow();
        world.Catalog.SayChanged("schema main.sales", "mallory@corp.com", at);

        var task = await world.RunAsync(Verify("schema main.sales"));

        var change = Assert.Single(world.Store.ResultsOf(task.Id).SelectMany(result => result.ExternalChanges));
        Assert.Equal(("eve@corp.com", "mallory@corp.com", at), (change.Principal, change.By, change.At));
    }

    [Fact]
    public async Task A_verify_task_tells_of_more_than_a_sync_may_revoke()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.Mode = SyncMode.Exact;
            for (var n = 0; n < 20; n++)
            {
                world.Catalog.Grant(Table, $"user{n}@corp.com", "SELECT");
            }

            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });

        var verified = await world.RunAsync(Verify(Table));
        var synced = await world.RunAsync(Table);

        Assert.Equal(SyncTaskOutcome.Drifted, verified.Outcome);
        Assert.Equal(21, world.ResultOf(verified).ChangeCount);
        Assert.Equal(SyncTaskStatus.Failed, synced.Status); // REVOKE_GUARD
    }

    private static SyncRequest Verify(string resource) => World.Request(resource) with { Type = "VERIFY" };

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
    }
}
