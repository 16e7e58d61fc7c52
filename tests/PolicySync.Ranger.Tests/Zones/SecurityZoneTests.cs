using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Zones;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class SecurityZoneTests
{
    private static readonly RangerEngine Engine = RangerEngine.Compile(
        new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [Policy(1, "catalog=main;schema=*;table=*", p => p.PolicyItems = [Item("select", "ann")])],
            SecurityZones = new()
            {
                ["hr"] = new()
                {
                    Resources = [new() { ["catalog"] = ["main"], ["schema"] = ["hr*"] }],
                    Policies = [Policy(2, "catalog=main;schema=hr;table=*", p => p.PolicyItems = [Item("select", "bob")])],
                },
            },
        },
        roles: null,
        userStore: null,
        new EngineOptions());

    [Theory]
    [InlineData("catalog=main;schema=hr;table=pay", "bob", true)]
    [InlineData("catalog=main;schema=hr;table=pay", "ann", false)] // inside a zone only its own policies hold
    [InlineData("catalog=main;schema=hr_old;table=pay", "ann", false)]
    [InlineData("catalog=main;schema=sales;table=orders", "ann", true)]
    [InlineData("catalog=main;schema=sales;table=orders", "bob", false)]
    public void A_resource_in_a_zone_knows_only_the_policies_of_the_zone(string resource, string user, bool allowed) =>
        Assert.Equal(allowed, Engine.Ask(resource, User(user), "select") == AccessVerdict.Allowed);

    [Fact]
    public void Any_access_to_what_is_partly_in_zones_is_access_to_any_part()
    {
        var request = new AccessRequest { Resource = Resource("catalog=main"), User = "bob", AccessTime = Now };

        Assert.True(Engine.Evaluate(request).IsAllowed);
    }
}
