using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>Policies that name a resource and have no part in its evaluation are told of, with the reason.</summary>
public class UnaskedPolicyTests
{
    private const string Pay = "catalog=main;schema=hr;table=pay";

    private static readonly RangerValiditySchedule LastYear = new() { StartTime = "2025/01/01 00:00:00", EndTime = "2025/12/31 00:00:00" };

    [Theory]
    [InlineData(1, UnaskedReason.Disabled, null)]
    [InlineData(2, UnaskedReason.OutsideSchedule, null)]
    [InlineData(3, UnaskedReason.OtherZone, "hr")]
    [InlineData(7, UnaskedReason.OtherZone, "hr")]
    [InlineData(8, UnaskedReason.Disabled, null)]
    [InlineData(9, UnaskedReason.OutsideSchedule, null)]
    public void A_policy_that_is_not_asked_is_listed_with_the_reason(long id, UnaskedReason reason, string? zone) =>
        Assert.Contains((id, reason, zone), Unasked("catalog=main;schema=sales;table=orders"));

    [Theory]
    [InlineData(4, UnaskedReason.OtherZone, null)] // a policy outside zones, for a table in one
    [InlineData(5, UnaskedReason.Disabled, "hr")]
    public void In_a_zone_the_policies_outside_are_those_that_are_not_asked(long id, UnaskedReason reason, string? zone) =>
        Assert.Contains((id, reason, zone), Unasked(Pay));

    [Fact]
    public void A_policy_that_is_asked_or_names_something_else_is_not_listed() =>
        Assert.DoesNotContain(Unasked("catalog=main;schema=sales;table=orders"), found => found.Id is 4 or 5 or 6);

    [Fact]
    public void A_tag_that_has_expired_keeps_its_policies_out()
    {
        var tag = new ResourceTag("pii", new Dictionary<string, string>(), [LastYear]);
        Assert.Contains(Engine().UnaskedFor(Resource(Pay), Now, [tag]), found =>
            found is { Policy.Policy.Id: 10, Reason: UnaskedReason.TagOutsideSchedule } && found.Policy.Tag == tag);
    }

    [Fact]
    public void It_says_what_the_policy_would_decide()
    {
        var found = Engine().UnaskedFor(Resource("catalog=main;schema=sales;table=orders"), Now).Single(found => found.Policy.Policy.Id == 2);
        Assert.Equal(AccessVerdict.Denied, found.Policy.EvaluateAlone(User("ann"), "select").Verdict);
    }

    private static List<(long Id, UnaskedReason Reason, string? Zone)> Unasked(string resource) =>
        [.. Engine().UnaskedFor(Resource(resource), Now, [new ResourceTag("pii", new Dictionary<string, string>(), [])])
            .Select(found => (found.Policy.Policy.Id!.Value, found.Reason, found.Zone))];

    private static RangerEngine Engine() => RangerEngine.Compile(
        new ServicePolicies
        {
            ServiceDef = Service(),
            Policies =
            [
                All(1, p => p.IsEnabled = false), All(2, p => p.ValiditySchedules = [LastYear]), All(4),
                Policy(6, "catalog=main;schema=fin;table=*", p => p.IsEnabled = false),
            ],
            SecurityZones = new()
            {
                ["hr"] = new()
                {
                    Resources = [new() { ["catalog"] = ["main"], ["schema"] = ["hr"] }],
                    Policies = [All(3), Policy(5, Pay, p => p.IsEnabled = false)],
                },
            },
            TagPolicies = new()
            {
                ServiceDef = new() { Name = "tag", Resources = [new() { Name = "tag" }], AccessTypes = [new() { Name = "uc:select" }] },
                Policies =
                [
                    OfTag(7, p => p.ZoneName = "hr"), OfTag(8, p => p.IsEnabled = false), OfTag(9, p => p.ValiditySchedules = [LastYear]), OfTag(10),
                ],
            },
        },
        roles: null, userStore: null, new EngineOptions());

    private static RangerPolicy All(long id, Action<RangerPolicy>? change = null) => Policy(id, "catalog=main;schema=*;table=*", p =>
    {
        p.DenyPolicyItems = [Item("select", "ann")];
        change?.Invoke(p);
    });

    private static RangerPolicy OfTag(long id, Action<RangerPolicy>? change = null) => Policy(id, "tag=pii", p =>
    {
        p.DenyPolicyItems = [Item("uc:select", "ann")];
        change?.Invoke(p);
    });
}
