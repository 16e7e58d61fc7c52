using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class PolicyDeltaTests
{
    private static readonly ServicePolicies Current = new()
    {
        PolicyVersion = 4,
        Policies = [Policy(1, "catalog=a"), Policy(2, "catalog=b")],
        SecurityZones = new() { ["z"] = new() { Policies = [Policy(9, "catalog=z")] } },
    };

    [Theory]
    [InlineData(0, 3, "1,2,3")]
    [InlineData(1, 2, "1,2")]
    [InlineData(2, 1, "2")]
    [InlineData(2, 8, "1,2")]
    public void A_change_is_applied_by_policy_id(int changeType, long id, string expected)
    {
        var changed = Policy(id, "catalog=changed");
        var result = PolicyDeltas.Apply(Current, Changes(changeType, changed))!;

        Assert.Equal(expected, string.Join(',', result.Policies!.Select(p => p.Id).Order()));
        Assert.Equal(changeType != 2, result.Policies!.Contains(changed));
        Assert.Equal(5, result.PolicyVersion);
        Assert.Equal(2, Current.Policies!.Count);
    }

    [Fact]
    public void A_change_of_another_kind_asks_for_the_whole_set() =>
        Assert.Null(PolicyDeltas.Apply(Current, Changes(4, Policy(1, "catalog=a"))));

    [Fact]
    public void A_zone_that_is_no_longer_named_is_gone_and_others_keep_their_policies()
    {
        var changes = new ServicePolicies { SecurityZones = new() { ["z"] = new(), ["new"] = new() } };

        var result = PolicyDeltas.Apply(Current, changes)!;

        Assert.Equal(["new", "z"], result.SecurityZones.Keys.Order());
        Assert.Equal(9, Assert.Single(result.SecurityZones["z"].Policies!).Id);
    }

    private static ServicePolicies Changes(int changeType, RangerPolicy policy) => new()
    {
        PolicyVersion = 5,
        PolicyDeltas = [new() { ChangeType = changeType, Policy = policy }],
    };
}
