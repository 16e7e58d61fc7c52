using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>A row filter or mask shows more than before only when nobody whom it restricts can still read against policy.</summary>
public sealed class KeptGuards
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";
    private const string Restricted = "CASE WHEN is_account_group_member('staff') THEN CAST(NULL AS string) ELSE `ssn` END";

    private static readonly string[] Before =
    [
        "table main.sales.orders select @staff,cid@corp.com", "filter main.sales.orders id=1 @staff", "mask main.sales.orders.ssn MASK_NULL @staff",
    ];

    // As many as before: a set of policies that shrinks is refused.
    private static readonly string[] After =
        ["table main.sales.orders select cid@corp.com", "table main.other.a select cid@corp.com", "table main.other.b select cid@corp.com"];

    public static TheoryData<string, string, string> Paths => new()
    {
        { "table main.sales.orders", "SELECT", "holds SELECT on table main.sales.orders and" },
        { "table main.sales.orders", "ALL_PRIVILEGES", "holds ALL_PRIVILEGES on table main.sales.orders and" },
        { "schema main.sales", "SELECT", "holds SELECT on schema main.sales, which the table inherits" },
        { "catalog main", "ALL_PRIVILEGES", "holds ALL_PRIVILEGES on catalog main, which the table inherits" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Guards_stay_as_long_as_somebody_whom_they_restrict_can_read_by_any_path(string on, string privilege, string reason)
    {
        await using var world = await StartAsync(world => world.Catalog.Grant(on, "staff", privilege));
        world.Policies.Set(2, After);

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Contains("is_account_group_member('staff')", world.Catalog.BodyOf(Name, "filter"));
        Assert.Contains("is_account_group_member('staff')", world.Catalog.BodyOf(Name, "mask:ssn"));
        var gap = Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept);
        Assert.Equal((GapDirection.Exposed, "staff", "SELECT"), (gap.Direction, gap.Principal, gap.Privilege));
        Assert.Contains(reason, gap.Detail);
        Assert.Contains("row filter, mask of column `ssn`", gap.Detail);

        // The same again changes nothing, also when it is only asked. The first question records the grant of another party.
        await world.RunAsync(World.Request(Table) with { DryRun = true });
        world.Catalog.Forget();
        world.States.ClearWrites();
        await world.RunAsync(Table);
        var verify = await world.RunAsync(World.Request(Table) with { DryRun = true });
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation is FakeUnityCatalog.Sql or FakeUnityCatalog.Patch);
        Assert.Empty(world.States.Writes);
        Assert.Empty(world.ResultOf(verify).Changes);

        // Once nobody can read against policy, the guards go.
        world.Catalog.Revoke(on, "staff", privilege);
        task = await world.RunAsync(Table);
        Assert.Equal("", world.Catalog.GuardsOn(Name));
        Assert.DoesNotContain(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept);
        Assert.Empty(world.Catalog.Functions);
    }

    [Fact]
    public async Task Guards_stay_for_a_member_of_a_restricted_group_who_reads_by_a_grant_of_its_own()
    {
        await using var world = await StartAsync(world => world.Catalog.Grant(Table, "bob@corp.com", "SELECT"));
        world.Policies.Set(2, After);

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("bob@corp.com", Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept).Principal);
    }

    [Fact]
    public async Task Guards_stay_for_a_restricted_owner()
    {
        await using var world = await StartAsync(world => world.Catalog.Change(Table, facts => facts with { Owner = "ann@corp.com" }));
        world.Policies.Set(2, After);

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Contains("owns table main.sales.orders", Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept).Detail);
    }

    [Fact]
    public async Task Guards_go_when_only_those_can_read_whom_they_never_restricted()
    {
        await using var world = await StartAsync(world =>
        {
            world.Catalog.Grant(Table, "user1@corp.com", "SELECT");
            world.Catalog.Grant("schema main.sales", "user2@corp.com", "ALL_PRIVILEGES");
            world.Catalog.Grant("schema main.sales", "svc@corp.com", "SELECT");
        });
        world.Policies.Set(2, After);

        var task = await world.RunAsync(Table);

        Assert.Equal("", world.Catalog.GuardsOn(Name));
        Assert.DoesNotContain(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept);
        Assert.Equal("cid@corp.com:SELECT user1@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task Containers_are_asked_only_when_a_guard_would_show_more()
    {
        await using var world = await StartAsync(_ => { });
        world.Catalog.Forget();
        world.Policies.Set(2, [.. Before, "filter main.sales.orders id=2 cid@corp.com"]);

        await world.RunAsync(Table);

        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);
        world.Policies.Set(3, [.. After, "filter main.other.a id=1 @staff", "mask main.other.a.ssn MASK_NULL @staff"]);
        await world.RunAsync(Table);
        Assert.Equal(2, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Effective)); // before it goes, and after
    }

    [Fact]
    public async Task Whom_policy_lets_read_sees_what_it_says_beside_those_for_whom_the_old_guard_stays()
    {
        await using var world = await StartAsync(world => world.Catalog.Grant(Table, "bob@corp.com", "SELECT"));
        world.Policies.Set(2, "table main.sales.orders select cid@corp.com,ann@corp.com", After[1], After[2]);

        await world.RunAsync(Table);

        Assert.Equal($"CASE WHEN lower(session_user()) IN ('ann@corp.com', 'cid@corp.com') THEN `ssn` ELSE {Restricted} END", world.Catalog.BodyOf(Name, "mask:ssn"));
    }

    [Fact]
    public async Task A_guard_is_not_narrowed_either_and_what_policy_adds_comes_beside()
    {
        await using var world = await StartAsync(world => world.Catalog.Grant(Table, "staff", "SELECT"));
        world.Policies.Set(2, [.. After, "filter main.sales.orders id=2 @staff,cid@corp.com"]);

        await world.RunAsync(Table);

        var body = world.Catalog.BodyOf(Name, "filter");
        Assert.Contains("THEN (`id` = 1)", body);
        Assert.Contains("THEN (`id` = 2)", body);
        Assert.EndsWith(" END) END", body); // both, for whom policy does not let read
    }

    [Fact]
    public async Task In_mode_Additive_guards_never_show_more()
    {
        await using var world = await StartAsync(world => world.Sync.Mode = SyncMode.Additive);
        world.Policies.Set(2, After);

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal(Restricted, world.Catalog.BodyOf(Name, "mask:ssn"));
        Assert.Contains("mode Additive", Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept).Detail);
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);
    }

    [Fact]
    public async Task Where_principals_are_not_managed_their_SELECT_stays_and_so_do_their_guards()
    {
        await using var world = await StartAsync(world =>
        {
            world.Sync.Managed.Principals.Exclude.Add("staff");
            world.Catalog.Grant(Table, "staff", "SELECT");
        });
        world.Policies.Set(2, After);

        await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Equal("cid@corp.com:SELECT staff:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task When_containers_cannot_be_read_nothing_is_shown_that_was_not_before()
    {
        await using var world = await StartAsync(_ => { });
        world.Policies.Set(2, After);
        world.Catalog.FailNext(FakeUnityCatalog.Effective, Table, new SyncException(SyncErrorCode.PermissionDenied, "no"), times: 2);

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Contains("are unknown", Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.GuardKept).Detail);
        await world.RunAsync(Table);
        Assert.Equal("", world.Catalog.GuardsOn(Name));
    }

    [Fact]
    public async Task A_guard_of_which_nothing_is_remembered_stays_for_all_whom_policy_does_not_let_read()
    {
        await using var world = await StartAsync(world => world.Catalog.Grant(Table, "user1@corp.com", "SELECT"));
        world.States.Change(Table, state => (state.GuardFunctions, state.Ledger) = ([], Core.Planning.Ledger.Empty));
        world.Policies.Set(2, [.. After, "mask main.sales.orders.ssn MASK_NULL @staff"]);

        var task = await world.RunAsync(Table);

        // Its grants are nobody's now, and stay; nobody whom policy does not let read sees more than before.
        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap is { Code: GapCode.GuardKept, Principal: "user1@corp.com" });
        Assert.StartsWith("CASE WHEN lower(session_user()) IN ('cid@corp.com') THEN TRUE ELSE CASE WHEN", world.Catalog.BodyOf(Name, "filter"));
    }

    [Fact]
    public async Task A_revoke_is_seen_to_be_done_before_the_guard_goes()
    {
        await using var world = await StartAsync(_ => { });
        world.Policies.Set(2, After);
        world.Catalog.Forget();
        world.Catalog.LagReads(Table, 3);

        await world.RunAsync(Table);

        var calls = world.Catalog.Calls.ToList();
        var revoke = calls.FindIndex(call => call is { Operation: FakeUnityCatalog.Patch, Detail: "staff:-SELECT" });
        var drop = calls.FindIndex(call => call.Operation == FakeUnityCatalog.Sql && call.Detail.StartsWith("DROP", StringComparison.Ordinal));
        Assert.InRange(revoke, 0, drop - 1);
        Assert.Contains(calls[revoke..drop], call => call.Operation == FakeUnityCatalog.Read);
        Assert.Equal("", world.Catalog.GuardsOn(Name));
    }

    [Fact]
    public async Task Whoever_is_let_read_while_a_guard_goes_is_restricted_as_before()
    {
        await using var world = await StartAsync(_ => { });
        world.Policies.Set(2, After);
        world.Catalog.MeetStatement("DROP MASK", () =>
        {
            world.Catalog.Grant("schema main.sales", "staff", "SELECT");
            return Task.CompletedTask;
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("filter mask:ssn", world.Catalog.GuardsOn(Name));
        Assert.Contains(Restricted, world.Catalog.BodyOf(Name, "mask:ssn"));
        Assert.Contains(world.ResultOf(task).Gaps, gap => gap is { Code: GapCode.GuardKept, Principal: "staff" });
        world.Catalog.Forget();
        await world.RunAsync(Table);
        Assert.Empty(world.Catalog.Statements);
    }

    private static async Task<World> StartAsync(Action<World> arrange)
    {
        var world = await World.StartAsync(world =>
        {
            Arrange(world, Before);
            arrange(world);
        });
        await world.RunAsync(Table);
        return world;
    }

    private static void Arrange(World world, params string[] policies)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, policies);
        world.Workspace.WarehouseId = "w";
        world.Sync.ParentUse = false;
    }
}
