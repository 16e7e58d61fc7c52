using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Row filters and masks do not restrict who administers the metastore: whoever reads so against policy is told.</summary>
public sealed class MetastoreAdmins
{
    private const string Table = "table main.sales.orders";
    private const string Select = "table main.sales.orders select ann@corp.com,bob@corp.com,cid@corp.com,@staff";
    private const string Filter = "filter main.sales.orders id=1 @staff";
    private const string Mask = "mask main.sales.orders.ssn MASK_NULL @staff";

    [Theory]
    [InlineData("bob@corp.com")]
    [InlineData("Bob@Corp.com")]
    [InlineData("staff")]
    [InlineData("keepers")] // ann is in it
    public async Task An_admin_whom_guards_would_restrict_and_who_holds_SELECT_reads_in_the_clear_and_that_is_told(string owner)
    {
        await using var world = await StartAsync(owner);

        var task = await world.RunAsync(Table);

        var gap = Assert.Single(world.ResultOf(task).Gaps, IsOfAdmins);
        Assert.Equal((GapDirection.Exposed, owner, "SELECT"), (gap.Direction, gap.Principal, gap.Privilege));
        Assert.Contains($"`{owner}` owns the metastore", gap.Detail);
        Assert.Contains("the row filter, mask of column `ssn` does not apply to them; revoke that access", gap.Detail);

        // The same where nothing changes, and where it is only asked.
        Assert.Single(world.ResultOf(await world.RunAsync(Table)).Gaps, IsOfAdmins);
        Assert.Single(world.ResultOf(await world.RunAsync(World.Request(Table) with { DryRun = true })).Gaps, IsOfAdmins);
    }

    [Fact]
    public async Task A_dry_run_tells_it_of_what_it_would_grant()
    {
        await using var world = await StartAsync("bob@corp.com");

        var task = await world.RunAsync(World.Request(Table) with { DryRun = true });

        Assert.Single(world.ResultOf(task).Gaps, IsOfAdmins);
    }

    [Fact]
    public async Task An_admin_who_owns_the_table_reads_in_the_clear()
    {
        await using var world = await StartAsync("ann@corp.com", world =>
        {
            world.Policies.Set(1, "table main.sales.orders select cid@corp.com", Filter);
            world.Catalog.Change(Table, facts => facts with { Owner = "ann@corp.com" });
        });

        var task = await world.RunAsync(Table);

        Assert.Contains("`ann@corp.com` owns table main.sales.orders", Assert.Single(world.ResultOf(task).Gaps, IsOfAdmins).Detail);
    }

    [Theory]
    [InlineData("cid@corp.com")] // no guard is for cid
    [InlineData("user1@corp.com")] // does not hold SELECT
    [InlineData("System user")] // nobody knows who that is
    public async Task An_admin_who_is_not_restricted_or_does_not_hold_SELECT_is_no_gap(string owner)
    {
        await using var world = await StartAsync(owner);

        var task = await world.RunAsync(Table);

        Assert.DoesNotContain(world.ResultOf(task).Gaps, IsOfAdmins);
    }

    [Theory]
    [InlineData("svc@corp.com")]
    [InlineData("admins")] // the service is all there is in it
    public async Task The_service_itself_is_no_gap(string owner)
    {
        await using var world = await StartAsync(owner, world =>
        {
            world.Policies.Set(1, Select, "filter main.sales.orders id=1 @admins,svc@corp.com");
            world.Catalog.Grant(Table, "svc@corp.com", "SELECT");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("filter", world.Catalog.GuardsOn("main.sales.orders"));
        Assert.DoesNotContain(world.ResultOf(task).Gaps, IsOfAdmins);
    }

    [Fact]
    public async Task An_owner_that_cannot_be_found_out_fails_nothing()
    {
        await using var world = await StartAsync(null, world => world.Catalog.MetastoreOwner =
            () => throw new SyncException(SyncErrorCode.Unavailable, "an answer without sense"));

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.DoesNotContain(world.ResultOf(task).Gaps, IsOfAdmins);
        Assert.Equal(1, Asked(world));
    }

    [Fact]
    public async Task The_owner_is_asked_for_once_every_MaxAge_and_holds_while_no_answer_comes()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "bob@corp.com"));
        await world.RunAsync(Table);
        await world.RunAsync(Table);
        Assert.Equal(1, Asked(world));

        world.Catalog.MetastoreOwner = () => throw new SyncException(SyncErrorCode.Unavailable, "no answer");
        world.Clock!.Advance(new PrincipalsOptions().MaxAge);
        Assert.Single(world.ResultOf(await world.RunAsync(Table)).Gaps, IsOfAdmins);
        Assert.Equal(2, Asked(world));

        world.Catalog.MetastoreOwner = () => "cid@corp.com";
        world.Clock.Advance(new PrincipalsOptions().MaxAge);
        Assert.DoesNotContain(world.ResultOf(await world.RunAsync(Table)).Gaps, IsOfAdmins);
    }

    [Fact]
    public async Task Tables_without_guards_cost_no_question()
    {
        await using var world = await StartAsync("bob@corp.com", world => world.Policies.Set(1, Select));

        await world.RunAsync(Table);

        Assert.Equal(0, Asked(world));
    }

    private static bool IsOfAdmins(Gap gap) => gap.Code == GapCode.OwnerAccess && gap.Detail.Contains("metastore", StringComparison.Ordinal);

    private static int Asked(World world) => world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Metastore);

    private static Task<World> StartAsync(string? owner, Action<World>? arrange = null) => World.StartAsync(world =>
    {
        Arrange(world, owner);
        arrange?.Invoke(world);
    });

    private static void Arrange(World world, string? owner)
    {
        world.Catalog.Add(Table);
        world.Catalog.MetastoreOwner = () => owner;
        world.Directory.Groups["keepers"] = ["ann@corp.com", "cid@corp.com"];
        world.Policies.Set(1, Select, Filter, Mask);
        world.Workspace.WarehouseId = "w";
        world.Sync.ParentUse = false;
    }
}
