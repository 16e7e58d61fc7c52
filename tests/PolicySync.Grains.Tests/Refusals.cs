using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class Refusals
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";

    [Fact]
    public async Task An_unknown_principal_is_a_gap_and_the_others_get_theirs()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com,ghost@corp.com,@staff");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.SucceededWithGaps), (task.Status, task.Outcome));
        Assert.Equal("ann@corp.com:SELECT staff:SELECT", world.Catalog.GrantsOn(Table));
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.PrincipalUnknown, "ghost@corp.com", "SELECT"), (gap.Code, gap.Principal, gap.Privilege));
        Assert.Equal(["ann@corp.com SELECT", "staff SELECT"],
            world.States.Of(Table)!.Ledger.Entries.Select(entry => $"{entry.Principal} {entry.Privilege}"));
    }

    [Fact]
    public async Task A_repeated_run_with_an_unknown_principal_writes_nothing_anywhere_and_still_tells_the_gap()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com,ghost@corp.com");
        });
        await world.RunAsync(Table);
        world.Catalog.Forget();
        world.States.ClearWrites();

        var task = await world.RunAsync(Table);

        Assert.Empty(world.Catalog.Writes);
        Assert.Empty(world.States.Writes);
        Assert.Equal(GapCode.PrincipalUnknown, Assert.Single(world.ResultOf(task).Gaps).Code);
    }

    [Fact]
    public async Task A_principal_that_the_directory_has_come_to_list_is_tried_again_at_once()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "table main.sales.orders select ghost@corp.com");
        });
        await world.RunAsync(Table);
        world.Catalog.UnknownPrincipals.Clear();
        world.Directory.Users.Add("ghost@corp.com");

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("ghost@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_privilege_that_the_server_does_not_take_is_a_gap_and_not_tried_again_by_an_unchanged_run()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.InapplicablePrivileges.Add("MODIFY");
            world.Policies.Set(1, "table main.sales.orders select,modify ann@corp.com");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(GapCode.PrivilegeNotApplicable, Assert.Single(world.ResultOf(task).Gaps).Code);
        world.Catalog.Forget();
        world.States.ClearWrites();

        task = await world.RunAsync(Table);

        Assert.Empty(world.Catalog.Writes);
        Assert.Empty(world.States.Writes);
        Assert.Equal(GapCode.PrivilegeNotApplicable, Assert.Single(world.ResultOf(task).Gaps).Code);
    }

    [Fact]
    public async Task A_server_that_does_not_take_removal_with_addition_gets_one_after_the_other_with_a_read_between()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders modify ann@corp.com");
        world.Catalog.RefusesAddWithRemove = true;
        world.Catalog.Forget();
        world.Catalog.LagReads(Table, 4);

        var task = await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:MODIFY", world.Catalog.GrantsOn(Table));
        Assert.Equal(["ann@corp.com:+MODIFY,-SELECT", "ann@corp.com:-SELECT", "ann@corp.com:+MODIFY"], world.Catalog.WritesTo(Name));
        Assert.Equal("granted 1, revoked 1", world.ResultOf(task).Message);
        AssertReadBetweenWrites(world);
    }

    [Fact]
    public async Task Between_two_changes_lies_a_full_read_that_began_after_the_first_ended()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false; // else the catalog's run meets them first
            world.Catalog.UnknownPrincipals.UnionWith(["ghost1@corp.com", "ghost2@corp.com", "ghost3@corp.com"]);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com,ghost1@corp.com,ghost2@corp.com,ghost3@corp.com");
        });

        await world.RunAsync(Table);

        Assert.Equal(4, world.Catalog.WritesTo(Name).Count);
        AssertReadBetweenWrites(world);
    }

    [Fact]
    public async Task A_refused_change_leaves_no_intent_that_the_next_run_would_wait_for()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com");
            world.Catalog.FailNext(FakeUnityCatalog.Patch, Table, new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));
        });

        Assert.Equal(SyncErrorCode.PermissionDenied, world.ResultOf(await world.RunAsync(Table)).Error!.Code);

        Assert.Null(world.States.Of(Table)!.OpenIntentOf);
        Assert.Equal(SyncTaskStatus.Success, (await world.RunAsync(Table)).Status); // no time passes
    }

    [Fact]
    public async Task What_stood_beside_all_privileges_survives_a_server_that_takes_no_removal_with_addition()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, "table main.sales.orders select,modify,apply_tag,manage,all_privileges ann@corp.com");
        });
        await world.RunAsync(Table);
        Assert.Equal("ann@corp.com:ALL_PRIVILEGES,MANAGE", world.Catalog.GrantsOn(Table));
        world.Catalog.Grant(Table, "ann@corp.com", "APPLY_TAG"); // by somebody else, who may take it back
        world.Policies.Set(2, "table main.sales.orders select,manage ann@corp.com");
        world.Catalog.RefusesAddWithRemove = true;
        world.Catalog.Forget();

        await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:APPLY_TAG,MANAGE,SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(
            ["ann@corp.com:+APPLY_TAG,+SELECT,-ALL_PRIVILEGES", "ann@corp.com:-ALL_PRIVILEGES", "ann@corp.com:+APPLY_TAG,+SELECT"],
            world.Catalog.WritesTo(Name));
        Assert.DoesNotContain(world.States.Of(Table)!.Ledger.Entries, entry => entry.Privilege == "APPLY_TAG");
        AssertReadBetweenWrites(world);
    }

    [Fact]
    public async Task A_server_that_does_not_say_whom_it_refuses_gets_one_principal_at_a_time()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Sync.ParentUse = false;
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Catalog.NamesNobody = true;
            world.Policies.Set(1, "table main.sales.orders select zoe@corp.com,ann@corp.com,ghost@corp.com");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("ann@corp.com:SELECT zoe@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal("ghost@corp.com", Assert.Single(world.ResultOf(task).Gaps).Principal);
        Assert.Equal(2, world.ResultOf(task).ChangeCount);
        AssertReadBetweenWrites(world);
        world.Catalog.Forget();
        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task A_principal_refused_on_one_securable_costs_the_next_ones_nothing()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add([.. Enumerable.Range(0, 60).Select(n => $"table main.sales.t{n:00}")]);
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "table main.sales.* select ann@corp.com,ghost@corp.com");
        });

        var task = await world.RunAsync("catalog main");

        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
        Assert.All(world.Store.ResultsOf(task.Id), result => Assert.Contains(result.Gaps, gap => gap.Principal == "ghost@corp.com"));
        // The catalog asks about USE first and is refused once; nobody after it tries.
        Assert.Equal(1, world.Catalog.Writes.Count(call => call.Detail.Contains("ghost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_that_others_met_is_forgotten_with_what_is_known_of_principals()
    {
        await using var world = await World.StartFrozenAsync(world =>
        {
            world.Catalog.Add(Table, "table main.sales.other");
            world.Sync.ParentUse = false;
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "table main.sales.* select ghost@corp.com");
        });
        await world.RunAsync(Table);
        world.Catalog.UnknownPrincipals.Clear(); // it has come to be in the account, which the directory does not list
        world.Clock!.Advance(TimeSpan.FromMinutes(4));
        await world.RunAsync("table main.sales.other");
        Assert.Equal("", world.Catalog.GrantsOn("table main.sales.other"));

        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.RunAsync("table main.sales.other");

        Assert.Equal("ghost@corp.com:SELECT", world.Catalog.GrantsOn("table main.sales.other"));
    }

    private static void AssertReadBetweenWrites(World world) => AssertReadBetweenWrites(world, Name);

    internal static void AssertReadBetweenWrites(World world, string name)
    {
        var calls = world.Catalog.Calls.Where(call => call.On!.FullName == name).Select(call => call.Operation).ToList();
        for (var i = 1; i < calls.Count; i++)
        {
            Assert.False(calls[i] == FakeUnityCatalog.Patch && calls[i - 1] != FakeUnityCatalog.Read, string.Join(' ', calls));
        }
    }
}
