using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What a run tells of access that its own grants do not show.</summary>
public sealed class PathsOfAccess
{
    private const string Table = "table c.s.t";

    [Fact]
    public async Task A_table_task_tells_who_is_withheld_USE_on_its_catalog()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Directory.Groups["inner"] = ["ann@corp.com"];
            world.Directory.Groups["outer"] = ["ann@corp.com", "bob@corp.com"];
            world.Policies.Set(1, $"{Table} select @outer", "deny catalog c use_catalog @inner");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal("outer:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal("bob@corp.com:USE_CATALOG", world.Catalog.GrantsOn("catalog c"));
        Assert.Equal(SyncTaskOutcome.SucceededWithGaps, task.Outcome);
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.GroupExpanded, GapDirection.Withheld, "outer", "USE_CATALOG"), (gap.Code, gap.Direction, gap.Principal, gap.Privilege));
        Assert.StartsWith("on catalog c", gap.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_task_tells_that_nobody_can_reach_it_where_USE_is_denied_to_all()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, $"{Table} select @staff", "deny schema c.s use_schema @staff", "table c.s.other select bob@corp.com");
        });

        var gaps = world.ResultOf(await world.RunAsync(Table)).Gaps;

        Assert.Contains(gaps, gap => gap is { Code: GapCode.ContainerWithheld, Principal: "staff", Privilege: "USE_SCHEMA", PolicyId: 2 });
        Assert.DoesNotContain(world.ResultOf(await world.RunAsync(World.Request(Table) with { Type = "VERIFY" })).Gaps, gap => gap.Principal == "cid@corp.com");
    }

    [Fact]
    public async Task What_is_not_known_of_others_above_is_not_told_by_a_table_that_gives_them_nothing()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, $"{Table} select ann@corp.com", "table c.s.other select ghost@corp.com");
        });

        Assert.Empty(world.ResultOf(await world.RunAsync(Table)).Gaps);
    }

    [Fact]
    public async Task A_grant_that_is_refused_is_not_told_to_reach_below()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("catalog c");
            world.Catalog.UnknownPrincipals.Add("ghost@corp.com");
            world.Policies.Set(1, "catalog c select ann@corp.com,ghost@corp.com");
        });

        var task = await world.RunAsync("catalog c");

        var gaps = world.Store.ResultsOf(task.Id)[0].Gaps;
        Assert.Equal(["ann@corp.com SELECT"], gaps.Where(gap => gap.Code == GapCode.InheritedAccess).Select(gap => $"{gap.Principal} {gap.Privilege}"));
        Assert.Contains(gaps, gap => gap is { Code: GapCode.PrincipalUnknown, Principal: "ghost@corp.com", Privilege: "SELECT" });
    }

    [Fact]
    public async Task A_privilege_that_is_newer_than_this_program_and_is_handed_down_is_told()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.Grant("catalog c", "eve@corp.com", "READ_EVERYTHING", "CREATE_SCHEMA");
            world.Policies.Set(1, $"{Table} select ann@corp.com");
        });

        var gap = Assert.Single(world.ResultOf(await world.RunAsync(Table)).Gaps);

        Assert.Equal((GapCode.InheritedAccess, "eve@corp.com", "READ_EVERYTHING"), (gap.Code, gap.Principal, gap.Privilege));
    }

    [Theory]
    [InlineData("VERIFY")]
    [InlineData("RESOURCE_SYNC")]
    public async Task A_look_for_differences_tells_what_attribute_based_policies_give_and_a_sync_does_not_ask(string type)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Catalog.GrantPolicies.Add(new GrantPolicy("open", ["eve@corp.com", "ann@corp.com"], ["EXECUTE"], Securable.Catalog("c")));
            world.Policies.Set(1, "catalog c execute ann@corp.com");
        });
        await world.RunAsync("catalog c");
        world.Catalog.Forget();

        var task = await world.RunAsync(World.Request("catalog c") with { Type = type });

        var foreign = world.Store.ResultsOf(task.Id).SelectMany(result => result.Gaps).Where(gap => gap.Code == GapCode.ForeignPolicy).ToList();
        Assert.Equal(type == "VERIFY" ? 2 : 0, world.Catalog.Calls.Count(call => call.Operation == FakeUnityCatalog.Abac)); // catalog and schema
        Assert.Equal(
            type == "VERIFY" ? [(GapDirection.Exposed, "eve@corp.com", "EXECUTE")] : [],
            foreign.Select(gap => (gap.Direction, gap.Principal!, gap.Privilege!)));
    }

    [Fact]
    public async Task Attribute_based_policies_that_may_not_be_read_are_told_and_the_rest_is_verified()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("catalog c");
            world.Catalog.FailNext(FakeUnityCatalog.Abac, "catalog c", new SyncException(SyncErrorCode.PermissionDenied, "HTTP 403"));
            world.Policies.Set(1, "catalog c create_schema ann@corp.com");
        });

        var task = await world.RunAsync(World.Request("catalog c") with { Type = "VERIFY" });

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.Drifted), (task.Status, task.Outcome));
        Assert.Contains(world.Store.ResultsOf(task.Id)[0].Gaps, gap => gap is { Code: GapCode.ForeignPolicy, Principal: null });
    }
}
