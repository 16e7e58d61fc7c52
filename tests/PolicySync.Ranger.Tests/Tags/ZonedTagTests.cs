using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Zones;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>Which tag policies hold in a zone: its own if it has a tag service, else those without a zone.</summary>
public class ZonedTagTests
{
    private const string InHr = "catalog=main;schema=hr;table=pay";
    private const string Outside = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData(true, InHr, "zoned", true)]
    [InlineData(true, InHr, "everywhere", false)]
    [InlineData(false, InHr, "zoned", false)]
    [InlineData(false, InHr, "everywhere", true)]
    [InlineData(true, Outside, "zoned", false)]
    [InlineData(true, Outside, "everywhere", true)]
    public void A_zone_with_a_tag_service_knows_only_the_tag_policies_of_the_zone(bool hasTagService, string resource, string user, bool expected)
    {
        var policies = new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [],
            SecurityZones = new()
            {
                ["hr"] = new() { Resources = [new() { ["catalog"] = ["main"], ["schema"] = ["hr"] }], Policies = [], ContainsAssociatedTagService = hasTagService },
            },
            TagPolicies = new()
            {
                ServiceDef = new() { Name = "tag", Resources = [new() { Name = "tag" }], AccessTypes = [new() { Name = "uc:select" }] },
                Policies = [TagPolicy(1, "", "everywhere"), TagPolicy(2, "hr", "zoned")],
            },
        };
        var engine = RangerEngine.Compile(policies, roles: null, userStore: null, new EngineOptions());
        var request = new AccessRequest
        {
            Resource = Resource(resource),
            AccessType = "select",
            User = user,
            AccessTime = Now,
            Tags = [new ResourceTag("PII", new Dictionary<string, string>(), [])],
        };

        Assert.Equal(expected, engine.Evaluate(request).IsAllowed);
    }

    private static RangerPolicy TagPolicy(long id, string zone, string user) => Policy(id, "tag=PII", p =>
    {
        p.ZoneName = zone;
        p.PolicyItems = [Item("uc:select", user)];
    });
}
