using PolicySync.Ranger.Conformance.Deltas;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Zones;
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

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(-1)]
    [InlineData(null)]
    public void A_change_of_another_kind_asks_for_the_whole_set(int? changeType)
    {
        var changes = Changes(changeType, Policy(1, "catalog=a"));
        var inZone = new ServicePolicies { SecurityZones = new() { ["z"] = new() { PolicyDeltas = changes.PolicyDeltas } } };

        Assert.Null(PolicyDeltas.Apply(Current, changes));
        Assert.Null(PolicyDeltas.Apply(Current, inZone));
    }

    [Fact]
    public void A_change_that_does_not_say_which_policy_it_means_asks_for_the_whole_set()
    {
        Assert.Null(PolicyDeltas.Apply(Current, Changes(2, null)));
        Assert.Null(PolicyDeltas.Apply(Current, Changes(2, new RangerPolicy())));
    }

    [Fact]
    public void A_change_of_a_tag_policy_leaves_the_resource_policy_of_the_same_id_alone()
    {
        var current = new ServicePolicies { Policies = [Policy(1, "catalog=a")], TagPolicies = new() { Policies = [Policy(1, "tag=PII")] } };

        var result = PolicyDeltas.Apply(current, Changes(2, new RangerPolicy { Id = 1, ServiceType = "tag" }))!;

        Assert.Single(result.Policies!);
        Assert.Empty(result.TagPolicies!.Policies!);
    }

    [Fact]
    public void A_zone_that_is_no_longer_named_is_gone_and_others_keep_their_policies()
    {
        var changes = new ServicePolicies { SecurityZones = new() { ["z"] = new(), ["new"] = new() } };

        var result = PolicyDeltas.Apply(Current, changes)!;

        Assert.Equal(["new", "z"], result.SecurityZones.Keys.Order());
        Assert.Equal(9, Assert.Single(result.SecurityZones["z"].Policies!).Id);
    }

    private static ServicePolicies Changes(int? changeType, RangerPolicy? policy) => new()
    {
        PolicyVersion = 5,
        PolicyDeltas = [new() { ChangeType = changeType, Policy = policy }],
    };
}
