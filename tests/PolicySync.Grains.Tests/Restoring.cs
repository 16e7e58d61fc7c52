using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Records;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What an export had of a securable is stored by its grain, and governs from the next run on.</summary>
public sealed class Restoring
{
    private const string Table = "table main.sales.orders";
    private const string Both = "table main.sales.* select ann@corp.com,bob@corp.com";
    private const string OnlyAnn = "table main.sales.* select ann@corp.com";

    private static readonly DateTimeOffset Time = new(2026, 3, 1, 11, 0, 0, TimeSpan.Zero);
    private static readonly Difference Foreign = new(DriftKind.Foreign, null, "eve@corp.com", "MODIFY", null);

    [Fact]
    public async Task What_a_lost_account_knew_is_governed_again_and_a_sync_writes_nothing()
    {
        var (record, catalog) = await ExportedAsync();
        await using var world = await WithGrantsAsync(catalog, Both);

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record));

        var task = await world.RunAsync(Table);
        Assert.Empty(world.ResultOf(task).Changes);
        Assert.Empty(world.ResultOf(task).Gaps);
        Assert.Empty(world.Catalog.WritesTo("main.sales.orders"));
        Assert.Contains("table main.sales.orders id-3", world.Names.All);
        world.Policies.Set(2, OnlyAnn);
        await world.RunAsync(Table);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Without_the_record_the_same_grants_are_foreign()
    {
        var (_, catalog) = await ExportedAsync();
        await using var world = await WithGrantsAsync(catalog, OnlyAnn);

        var task = await world.RunAsync(Table);

        Assert.Contains(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.ForeignGrant && gap.Principal == "bob@corp.com");
    }

    [Fact]
    public async Task A_second_import_changes_nothing_and_a_trial_stores_nothing()
    {
        var (record, catalog) = await ExportedAsync();
        await using var world = await WithGrantsAsync(catalog, Both);

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record with { DryRun = true }));
        Assert.Empty(world.States.Writes);
        Assert.Empty(world.Names.All);
        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record));
        world.States.ClearWrites();
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, record));
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, record with { DryRun = true }));
        Assert.Empty(world.States.Writes);
    }

    [Fact]
    public async Task What_the_service_has_of_the_object_stays_and_what_is_missing_is_added()
    {
        var (record, catalog) = await ExportedAsync();
        await using var world = await WithGrantsAsync(catalog, OnlyAnn);
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT"); // made anew by the service, before the import
        var own = await world.RunAsync(Table);

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record));

        var entries = world.States.Of(Table)!.Ledger.Entries.ToDictionary(entry => entry.Principal, entry => entry.TaskId);
        Assert.Equal(["ann@corp.com", "bob@corp.com"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(own.Id.ToString(), entries["ann@corp.com"]);
        await world.RunAsync(Table);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Where_another_object_has_the_name_the_record_waits_for_the_new_name_of_the_former_one()
    {
        var (record, _) = await ExportedAsync();
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.old"); // id-3, which was `orders`
            world.Catalog.Grant("table main.sales.old", "ann@corp.com", "SELECT");
            world.Catalog.Grant("table main.sales.old", "bob@corp.com", "SELECT");
            world.Catalog.Add(Table);
            world.Policies.Set(1, OnlyAnn);
        });
        await world.RunAsync(Table);
        var before = world.States.Of(Table)!.Ledger;

        Assert.Equal(RestoreOutcome.SetAside, await RestoreAsync(world, record with { DryRun = true }));
        Assert.Equal(RestoreOutcome.SetAside, await RestoreAsync(world, record));
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, record));

        Assert.Equal(before.Entries, world.States.Of(Table)!.Ledger.Entries);
        Assert.Contains("table main.sales.orders id-3 parked", world.Names.All);
        await world.RunAsync("table main.sales.old");
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.old"));
    }

    [Fact]
    public async Task A_state_that_was_set_aside_before_the_export_is_set_aside_again()
    {
        var (record, _) = await ExportedAsync();
        await using var world = await World.StartAsync(static _ => { });
        var parked = record with { Kind = RecordKind.Parked };

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, parked));
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, parked));

        Assert.Equal(["table main.sales.orders id-3 parked"], world.Names.All);
        Assert.Empty(world.States.Writes);
    }

    [Fact]
    public async Task Access_for_a_limited_time_whose_end_has_passed_meanwhile_is_due_at_once()
    {
        var (record, _) = await ExportedAsync(state => state.DueAt = Time);
        await using var world = await World.StartAsync(static _ => { });
        var writes = new List<string>();
        world.States.BeforeWrite = _ =>
        {
            writes.AddRange(world.Dues.Writes);
            return Task.CompletedTask;
        };

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record));

        Assert.Equal(["add table main.sales.orders 11:00:00"], writes); // before the state names it
        Assert.Equal(["table main.sales.orders 11:00:00"], world.Dues.All);
        Assert.Equal(Time, world.States.Of(Table)!.DueAt);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("due")]
    [InlineData("state")]
    public async Task An_import_that_stops_between_two_steps_is_finished_by_the_next_one(string step)
    {
        var (record, _) = await ExportedAsync(state => state.DueAt = Time);
        await using var world = await World.StartAsync(static _ => { });
        var trouble = new SyncException(SyncErrorCode.Unavailable, "down");
        world.Names.Trouble = call => step == "name" && call == "set" ? trouble : null;
        world.Dues.Trouble = _ => step == "due" ? trouble : null;
        world.States.BeforeWrite = row => step == "state" && row.StartsWith("resource", StringComparison.Ordinal) ? throw trouble : Task.CompletedTask;

        await Assert.ThrowsAsync<SyncException>(() => RestoreAsync(world, record));
        Assert.Null(world.States.Of(Table));
        (world.Names.Trouble, world.Dues.Trouble, world.States.BeforeWrite) = (null, null, null);

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, record));
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, record));
        Assert.Equal(2, world.States.Of(Table)!.Ledger.Entries.Count);
        Assert.Equal(["table main.sales.orders 11:00:00"], world.Dues.All);
    }

    [Fact]
    public async Task After_the_silo_that_restores_is_killed_another_one_does_it_again()
    {
        var (record, _) = await ExportedAsync();
        var reached = new TaskCompletionSource();
        await using var world = await World.StartAsync(world => world.ResponseTimeout = TimeSpan.FromSeconds(3), silos: 2);
        world.States.BeforeWrite = async row =>
        {
            if (row.StartsWith("resource", StringComparison.Ordinal) && reached.TrySetResult())
            {
                await new TaskCompletionSource().Task; // never ends, as of a process that is killed
            }
        };
        var first = RestoreAsync(world, record);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await world.KillAsync(world.SiloOf(KeyOf(Table)));
        await Assert.ThrowsAnyAsync<Exception>(() => first);

        Assert.Equal(RestoreOutcome.Restored, await UntilAnsweredAsync(world, record));
        Assert.Equal(2, world.States.Of(Table)!.Ledger.Entries.Count);
    }

    [Fact]
    public async Task A_record_waits_until_the_run_under_way_has_ended()
    {
        var (record, catalog) = await ExportedAsync();
        await using var world = await WithGrantsAsync(catalog, OnlyAnn);
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        world.Held = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await world.Held.Reached;

        var restored = RestoreAsync(world, record);
        await World.SettleAsync();
        Assert.False(restored.IsCompleted);
        world.Released();

        Assert.Equal(RestoreOutcome.Restored, await restored);
        Assert.Equal(SyncTaskStatus.Success, (await world.EndOfAsync(task.Id)).Status);
        Assert.Equal(["ann@corp.com", "bob@corp.com"], world.States.Of(Table)!.Ledger.Entries.Select(entry => entry.Principal));
    }

    [Fact]
    public async Task Differences_come_back_with_their_acceptance_and_the_flag_is_written_first()
    {
        await using var world = await World.StartAsync(static _ => { });
        var accepted = new DriftEntry(Foreign, Time) { Accepted = new DriftAcceptance("known", Time.AddDays(9), "ann", Time) };
        var request = Differences(accepted);
        world.Drift.BeforeSet = () =>
        {
            Assert.True(world.States.Of(Table)!.MayHaveDrift);
            return Task.CompletedTask;
        };

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, request with { DryRun = true }));
        Assert.Null(world.Drift.RecordOf(Table));
        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, request));
        Assert.Equal(RestoreOutcome.Unchanged, await RestoreAsync(world, request));

        Assert.Equal([accepted], world.Drift.RecordOf(Table)!.Entries);
    }

    [Fact]
    public async Task Of_a_difference_that_was_found_again_the_acceptance_comes_back_and_the_time_stays()
    {
        await using var world = await World.StartAsync(static _ => { });
        await RestoreAsync(world, Differences(new DriftEntry(Foreign, Time.AddDays(1))));
        var acceptance = new DriftAcceptance("known", Time.AddDays(9), "ann", Time);

        Assert.Equal(RestoreOutcome.Restored, await RestoreAsync(world, Differences(new DriftEntry(Foreign, Time) { Accepted = acceptance })));

        var entry = Assert.Single(world.Drift.RecordOf(Table)!.Entries);
        Assert.Equal((Time.AddDays(1), acceptance), (entry.Since, entry.Accepted));
    }

    private static RestoreRequest Differences(params DriftEntry[] entries) => new()
    {
        Securable = Support.Resources.Parse(Table), Kind = RecordKind.Differences, Content = StoredJson.Write(new StoredDifferences(entries)),
    };

    // What the service had stored of a table that it gave two principals access to, and the grants on it.
    private static async Task<(RestoreRequest Record, string Grants)> ExportedAsync(Action<ResourceState>? change = null)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, Both);
        });
        await world.RunAsync(Table);
        var state = new ResourceState();
        state.Hold(world.States.Of(Table)!);
        change?.Invoke(state);
        return (new RestoreRequest
        {
            Securable = Support.Resources.Parse(Table), Kind = RecordKind.State, Identity = state.Identity, Content = StoredJson.Write(state),
        }, world.Catalog.GrantsOn(Table));
    }

    private static Task<World> WithGrantsAsync(string grants, string policies) => World.StartAsync(world =>
    {
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", grants);
        world.Catalog.Add(Table);
        world.Catalog.Grant(Table, "ann@corp.com", "SELECT");
        world.Catalog.Grant(Table, "bob@corp.com", "SELECT");
        world.Policies.Set(1, policies);
    });

    private static string KeyOf(string securable) => ResourceKey.Of("test", Support.Resources.Parse(securable));

    private static async Task<RestoreOutcome> RestoreAsync(World world, RestoreRequest request) =>
        (await world.Cluster.Client.GetGrain<IResourceGrain>(ResourceKey.Of("test", request.Securable)).RestoreAsync(request)).Outcome;

    private static async Task<RestoreOutcome> UntilAnsweredAsync(World world, RestoreRequest request)
    {
        RestoreOutcome? outcome = null;
        await World.UntilAsync(
            () =>
            {
                try
                {
                    outcome = RestoreAsync(world, request).Result;
                }
                catch (AggregateException)
                {
                    // the death is not known yet
                }

                return outcome is not null;
            }, "another silo");
        return outcome!.Value;
    }
}
