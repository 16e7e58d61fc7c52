using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Differences are recorded by verifications and deleted by syncs. Time begins at 12:00:00 and stands still.</summary>
public sealed class Drifting
{
    private const string Table = "table main.sales.orders";
    private const string Missing = "DRIFT GRANT ann@corp.com SELECT";
    private const string Foreign = "FOREIGN eve@corp.com MODIFY";

    [Fact]
    public async Task What_a_verification_finds_is_recorded_once_and_keeps_its_time()
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        var first = world.Clock!.GetUtcNow();
        var task = await VerifyAsync(world);
        Assert.Equal((SyncTaskOutcome.Drifted, 1L), (task.Outcome, task.Progress.Drifted));

        await world.PassAsync(TimeSpan.FromMinutes(5));
        world.Catalog.Grant(Table, "zoe@corp.com", "SELECT");
        await VerifyAsync(world);

        Assert.Equal([Missing, Foreign, "FOREIGN zoe@corp.com SELECT"], world.Drift.Of(Table));
        Assert.Equal([0, 0, 5], world.Drift.RecordOf(Table)!.Entries.Select(entry => (int)(entry.Since - first).TotalMinutes).Order());
        Assert.True(world.States.Of(Table)!.MayHaveDrift);
    }

    [Fact]
    public async Task A_sync_deletes_what_it_repaired_and_a_verification_what_others_did()
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        await VerifyAsync(world);

        await SyncAsync(world);
        Assert.Equal([Foreign], world.Drift.Of(Table));
        world.Catalog.Revoke(Table, "eve@corp.com", "MODIFY");
        await VerifyAsync(world);

        Assert.Null(world.Drift.RecordOf(Table));
        Assert.False(world.States.Of(Table)!.MayHaveDrift);
    }

    [Fact]
    public async Task A_run_with_nothing_to_tell_does_no_storage_operation_for_it()
    {
        await using var world = await SyncedAsync();
        world.States.ClearWrites();

        await SyncAsync(world);
        await VerifyAsync(world);
        Assert.Empty(world.States.Writes);
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
        await SyncAsync(world); // a sync reports the grant and records no difference

        Assert.Empty(world.Drift.Calls);
        Assert.False(world.States.Of(Table)!.MayHaveDrift);
    }

    [Fact]
    public async Task A_repeated_verification_reads_the_record_and_writes_nothing()
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        await VerifyAsync(world);
        world.States.ClearWrites();
        world.Drift.ClearCalls();

        await VerifyAsync(world);

        Assert.Equal(["find"], world.Drift.Calls);
        Assert.Empty(world.States.Writes);
    }

    [Fact]
    public async Task What_is_ignored_is_not_reported_until_its_end_and_a_sync_repairs_it_all_the_same()
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        await VerifyAsync(world);
        var end = world.Clock!.GetUtcNow().AddMinutes(10);
        world.Drift.Ignore(Table, Missing, end);
        world.Drift.Ignore(Table, Foreign, end);

        var quiet = await VerifyAsync(world);
        var result = world.ResultOf(quiet);
        Assert.Equal((SyncTaskOutcome.Succeeded, 0L, 0), (quiet.Outcome, quiet.Progress.Drifted, result.GapCount));
        Assert.Contains("2 of the differences are ignored", result.Message, StringComparison.Ordinal);
        Assert.Equal(1, result.ChangeCount); // the plan stays what it is

        await world.PassAsync(TimeSpan.FromMinutes(10));
        var loud = await VerifyAsync(world);
        Assert.Equal((SyncTaskOutcome.Drifted, 1), (loud.Outcome, world.ResultOf(loud).GapCount));

        world.Drift.Ignore(Table, Missing, end.AddDays(1));
        await SyncAsync(world);
        Assert.Contains("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
        Assert.Equal([Foreign], world.Drift.Of(Table));
    }

    [Fact]
    public async Task A_difference_that_went_and_came_again_is_not_ignored_any_more()
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        await VerifyAsync(world);
        world.Drift.Ignore(Table, Missing, world.Clock!.GetUtcNow().AddDays(1));
        await SyncAsync(world);
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");

        Assert.Equal(SyncTaskOutcome.Drifted, (await VerifyAsync(world)).Outcome);
    }

    [Fact]
    public async Task An_adopted_grant_is_the_services_own_and_the_next_sync_revokes_it()
    {
        await using var world = await SyncedAsync();
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
        await VerifyAsync(world);
        Assert.Equal([Foreign], world.Drift.Of(Table));

        var reply = await AdoptAsync(world, "eve@corp.com", "MODIFY");

        Assert.True(reply.Adopted, reply.Result!.Message);
        Assert.Contains(world.States.Of(Table)!.Ledger.Entries, entry => (entry.Principal, entry.Privilege, entry.AdoptedBy) == ("eve@corp.com", "MODIFY", "ann"));
        Assert.Equal(["DRIFT REVOKE eve@corp.com MODIFY"], world.Drift.Of(Table));
        Assert.Equal("ann", Assert.Single(world.Drift.RecordOf(Table)!.Entries).AdoptedBy);
        await SyncAsync(world);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Null(world.Drift.RecordOf(Table));
    }

    [Fact]
    public async Task An_adopted_grant_that_policy_comes_to_want_stays()
    {
        await using var world = await SyncedAsync();
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
        await AdoptAsync(world, "eve@corp.com", "MODIFY");
        world.Policies.Set(2, "table main.sales.orders select ann@corp.com", "table main.sales.orders modify,select eve@corp.com");
        world.Catalog.Grant(Table, "eve@corp.com", "SELECT");

        await SyncAsync(world);

        Assert.Equal("ann@corp.com:SELECT eve@corp.com:MODIFY,SELECT", world.Catalog.GrantsOn(Table));
    }

    [Theory]
    [InlineData("eve@corp.com", "SELECT", SyncMode.Owned, "has no SELECT of `eve@corp.com`")]
    [InlineData("ann@corp.com", "SELECT", SyncMode.Owned, "has no SELECT of `ann@corp.com`")] // the service's own
    [InlineData("eve@corp.com", "MODIFY", SyncMode.Additive, "mode Additive never revokes")]
    public async Task What_cannot_be_adopted_is_refused_and_nothing_is_written(string principal, string privilege, SyncMode mode, string why)
    {
        await using var world = await SyncedAsync(mode);
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
        world.States.ClearWrites();

        var reply = await AdoptAsync(world, principal, privilege);

        Assert.False(reply.Adopted);
        Assert.Contains(why, reply.Result!.Message, StringComparison.Ordinal);
        Assert.Empty(world.States.Writes);
        Assert.Equal(["ann@corp.com"], world.States.Of(Table)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Fact]
    public async Task A_verification_leaves_the_open_intent_of_another_process_open()
    {
        var other = Guid.NewGuid();
        await using var world = await World.StartFrozenAsync(world =>
        {
            Arrange(world, SyncMode.Owned);
            world.States.Change(Table, row => (row.OpenIntentOf, row.Epoch) = (other, 7));
        });

        await VerifyAsync(world);

        var row = world.States.Of(Table)!;
        Assert.Equal((other, 7L, true), (row.OpenIntentOf, row.Epoch, row.MayHaveDrift));
        Assert.Equal([Missing], world.Drift.Of(Table));
    }

    [Theory]
    [InlineData("flag", false)]
    [InlineData("flag", true)]
    [InlineData("find", false)]
    [InlineData("set", false)]
    [InlineData("set", true)]
    public async Task Storage_that_fails_at_any_step_of_recording_leaves_what_the_next_verification_mends(string step, bool afterEffect)
    {
        await using var world = await SyncedAsync();
        Tamper(world);
        FailOnce(world, step, afterEffect);
        await VerifyAsync(world); // repeated by itself, as after other faults of the storage

        await VerifyAsync(world);

        Assert.Equal([Missing, Foreign], world.Drift.Of(Table));
        Assert.True(world.States.Of(Table)!.MayHaveDrift);
        await AssertMendsAsync(world);
    }

    [Theory]
    [InlineData("find", false)]
    [InlineData("remove", false)]
    [InlineData("remove", true)]
    [InlineData("flag", false)]
    [InlineData("flag", true)]
    public async Task Storage_that_fails_at_any_step_of_deleting_leaves_what_the_next_run_mends(string step, bool afterEffect)
    {
        await using var world = await SyncedAsync();
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        await VerifyAsync(world);
        world.Catalog.Grant(Table, "ann@corp.com", "SELECT"); // the sync has nothing to change but the record
        FailOnce(world, step, afterEffect);

        Assert.Equal(SyncTaskStatus.Success, (await SyncAsync(world)).Status); // a sync does not fail by it

        await AssertMendsAsync(world);
    }

    [Fact]
    public async Task A_silo_that_dies_between_flag_and_record_loses_nothing()
    {
        await using var world = await SyncedAsync(silos: 2);
        Tamper(world);
        var writing = new Hold();
        world.Drift.BeforeSet = () =>
        {
            writing.Reach();
            return writing.Released;
        };
        var task = await world.SubmitAsync(World.Request(Table) with { Type = TaskTypes.Verify });
        await writing.Reached;
        Assert.Null(world.Drift.RecordOf(Table));

        world.Drift.BeforeSet = () => Task.CompletedTask;
        await world.KillAsync(world.SiloOf(ResourceKey.Of("test", Support.Resources.Parse(Table))));
        Assert.True(world.States.Of(Table)!.MayHaveDrift);
        await world.PassUntilEndAsync(task.Id, TimeSpan.FromSeconds(5));
        await VerifyAsync(world);
        Assert.Equal([Missing, Foreign], world.Drift.Of(Table));
    }

    // Once nothing differs any more, neither record nor flag is left.
    private static async Task AssertMendsAsync(World world)
    {
        world.Catalog.Revoke(Table, "eve@corp.com", "MODIFY");
        await SyncAsync(world);
        await VerifyAsync(world);
        Assert.Null(world.Drift.RecordOf(Table));
        Assert.NotEqual(true, world.States.Of(Table)?.MayHaveDrift);
        world.Drift.ClearCalls();
        await VerifyAsync(world);
        Assert.Empty(world.Drift.Calls);
    }

    private static void FailOnce(World world, string step, bool afterEffect)
    {
        var failed = false;
        Exception? Fail(string what) => what == step && !failed && (failed = true) ? KeptTasks.Down : null;
        if (step == "flag")
        {
            // Only the row of the table is written by these runs, and only for the flag.
            world.States.BeforeWrite = name => !afterEffect && name.StartsWith("resource", StringComparison.Ordinal) && Fail("flag") is { } e ? throw e : Task.CompletedTask;
            world.States.AfterWrite = name =>
            {
                if (afterEffect && name.StartsWith("resource", StringComparison.Ordinal) && Fail("flag") is { } e)
                {
                    throw e;
                }
            };
        }
        else if (afterEffect)
        {
            world.Drift.LostAnswer = Fail;
        }
        else
        {
            world.Drift.Trouble = Fail;
        }
    }

    private static void Tamper(World world)
    {
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        world.Catalog.Grant(Table, "eve@corp.com", "MODIFY");
    }

    private static async Task<World> SyncedAsync(SyncMode mode = SyncMode.Owned, int silos = 1)
    {
        var world = await World.StartFrozenAsync(world => Arrange(world, mode), silos);
        await SyncAsync(world);
        await world.PassAsync(TimeSpan.FromMinutes(2)); // from then on a read shows what was written
        world.Drift.ClearCalls();
        return world;
    }

    private static void Arrange(World world, SyncMode mode)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        world.Sync.ParentUse = false;
        world.Sync.Mode = mode;
        world.RecoveryPeriod = TimeSpan.FromSeconds(5);
    }

    private static Task<SyncTask> SyncAsync(World world) => RunAsync(world, World.Request(Table) with { AllowRevoke = true });

    private static Task<SyncTask> VerifyAsync(World world) => RunAsync(world, World.Request(Table) with { Type = TaskTypes.Verify });

    private static async Task<SyncTask> RunAsync(World world, SyncRequest request) =>
        await world.PassUntilEndAsync((await world.SubmitAsync(request)).Id, TimeSpan.FromMilliseconds(1));

    private static Task<RunReply> AdoptAsync(World world, string principal, string privilege) => new SecurableQuestions(world.Cluster.Client, world.Time).AskAsync(
        "test", Support.Resources.Parse(Table), "ann", request => request with { Adopt = new GrantAdoption(principal, privilege, "ann") }, CancellationToken.None);
}
