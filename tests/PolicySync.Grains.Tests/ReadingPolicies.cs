using PolicySync.Core.Errors;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What a silo shows of the policies that it accepted last.</summary>
public sealed class ReadingPolicies
{
    [Fact]
    public async Task Policies_are_shown_as_their_authors_wrote_them_and_their_content_travels_once()
    {
        await using var world = await World.StartAsync(world => world.Policies.Set(7, "table main.sales.orders select Ann@Corp.com"));
        var policies = new CurrentPolicies(world.Cluster.Client, world.Time);

        var first = await policies.ReadAsync(fresh: false, default);
        var second = await policies.ReadAsync(fresh: false, default);

        Assert.Equal((7, "Ann@Corp.com"), (first.Version, first.Set.ReadEntries().Single().Policy.PolicyItems.Single().Users.Single()));
        Assert.NotNull(first.CheckTime);
        Assert.Same(first.Set, second.Set);
        Assert.Equal(1, world.Policies.Reads);
    }

    [Fact]
    public async Task The_last_accepted_set_is_shown_with_the_reason_while_the_source_fails_and_is_no_fresh_answer()
    {
        await using var world = await World.StartAsync(world => world.Policies.Set(7, "table main.sales.orders select ann@corp.com"));
        var policies = new CurrentPolicies(world.Cluster.Client, world.Time);
        var before = await policies.ReadAsync(fresh: true, default);
        world.Policies.Failure = FakePolicies.Gone;

        var failure = await Assert.ThrowsAsync<SyncException>(() => policies.ReadAsync(fresh: true, default));
        var after = await policies.ReadAsync(fresh: false, default);

        Assert.Equal(SyncErrorCode.PoliciesUnavailable, failure.Code);
        Assert.Equal((7, "POLICIES_UNAVAILABLE: the source does not answer", before.CheckTime), (after.Version, after.Failure, after.CheckTime));
    }

    [Fact]
    public async Task A_set_that_the_gate_refuses_does_not_take_the_place_of_the_accepted_one()
    {
        await using var world = await World.StartAsync(world => world.Policies.Set(
            7, "table main.sales.a select ann@corp.com", "table main.sales.b select ann@corp.com", "table main.sales.c select ann@corp.com"));
        var policies = new CurrentPolicies(world.Cluster.Client, world.Time);
        await policies.ReadAsync(fresh: true, default);
        world.Policies.Set(8, "table main.sales.a select ann@corp.com");

        var failure = await Assert.ThrowsAsync<SyncException>(() => policies.ReadAsync(fresh: true, default));

        Assert.Equal(SyncErrorCode.PoliciesShrank, failure.Code);
        var shown = await policies.ReadAsync(fresh: false, default);
        Assert.Equal((7, 3), (shown.Version, shown.Set.ReadEntries().Count()));
        Assert.StartsWith("POLICIES_SHRANK: ", shown.Failure, StringComparison.Ordinal);
    }
}
