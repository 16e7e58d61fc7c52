using PolicySync.Core.Options;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Tests.Planning;

public sealed class RevokeLimitTests
{
    [Theory]
    //          pairs, of them to be revoked, largest share, trips
    [InlineData(10, 5, 0.5, false)] // exactly the share is allowed
    [InlineData(10, 6, 0.5, true)]
    [InlineData(9, 9, 0.5, false)] // under 10 pairs a share says little
    [InlineData(10, 10, 1.0, false)] // 1 lifts the limit
    [InlineData(10, 1, 0.0, true)]
    [InlineData(10, 0, 0.0, false)]
    [InlineData(10, 3, 0.3, false)] // and binary fractions do not decide
    [InlineData(1_000, 501, 0.5, true)]
    public void The_limit_trips_over_the_share(int pairs, int revokes, double share, bool trips)
    {
        var plan = GrantPlanner.Plan(Request(pairs, revokes) with { MaxRevokeShare = share });

        Assert.Equal(new RevokeLimit(revokes, pairs, trips), plan.RevokeLimit);
    }

    [Fact]
    public void AllowRevoke_lifts_the_limit_for_its_task() =>
        Assert.False(GrantPlanner.Plan(Request(100, 100) with { AllowRevoke = true }).RevokeLimit.IsTripped);

    [Fact]
    public void What_a_schedule_gave_until_it_ended_does_not_weigh_and_the_rest_does()
    {
        var request = Request(20, 16);
        var plan = GrantPlanner.Plan(request);
        var lapsed = plan.ResourceChanges.Take(6).Select(change => new DesiredGrant(change.Principal!, change.Privilege!, 1, "p", null)).ToList();

        Assert.Equal(new RevokeLimit(16, 20, true), plan.RevokeLimit);
        Assert.Equal(new RevokeLimit(10, 20, false), GrantPlanner.Plan(request with { Lapsed = lapsed }).RevokeLimit);
        Assert.Equal(16, GrantPlanner.Plan(request with { Lapsed = lapsed }).ResourceChanges.Count);
    }

    [Fact]
    public void What_is_not_managed_is_not_counted()
    {
        var options = new SyncOptions();
        options.Managed.Principals.Include.Add("user1*"); // user1 and user10 to user19
        var plan = GrantPlanner.Plan(Request(20, 20) with { Managed = new(options) });

        Assert.Equal(new RevokeLimit(11, 11, true), plan.RevokeLimit);
    }

    [Fact]
    public void What_is_added_again_is_not_a_revoke()
    {
        var everyone = string.Join(' ', Enumerable.Range(0, 10).Select(i => $"u{i}:SELECT u{i}:ALL"));
        var plan = GrantPlanner.Plan(Request(0, 0) with
        {
            Current = Notation.Current(everyone),
            Ledger = Notation.Owned("u0:ALL"),
        });

        Assert.Equal("=u0:SELECT -u0:ALL", Notation.Write(plan));
        Assert.Equal(new RevokeLimit(1, 20, false), plan.RevokeLimit);
    }

    [Fact]
    public void Before_the_children_the_guard_weighs_what_goes_after_them_too()
    {
        var everyone = string.Join(' ', Enumerable.Range(0, 10).Select(i => $"u{i}:USE_SCHEMA"));
        var plan = GrantPlanner.Plan(Request(0, 0) with
        {
            Current = Notation.Current(everyone),
            Ledger = Notation.Owned(everyone),
            Scope = PlanScope.BeforeChildren,
        });

        Assert.True(plan.IsEmpty);
        Assert.Equal(new RevokeLimit(10, 10, true), plan.RevokeLimit);
    }

    /// <summary>Pairs of as many users, the first of them not wanted any more.</summary>
    private static PlanRequest Request(int pairs, int revokes)
    {
        var all = Enumerable.Range(1, pairs).Select(i => $"user{i}:SELECT").ToList();
        return new()
        {
            Facts = Notation.Schema,
            Desired = Notation.Desired(string.Join(' ', all.Skip(revokes))),
            Current = Notation.Current(string.Join(' ', all)),
            Ledger = Notation.Owned(string.Join(' ', all)),
        };
    }
}
