using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class TagPolicyTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData(Table, AccessVerdict.Denied)] // its own tag
    [InlineData("catalog=main;schema=sales;table=orders;column=id", AccessVerdict.Denied)] // a tag on what contains it
    [InlineData("catalog=main;schema=sales", AccessVerdict.Undetermined)] // a tag on something below is not its own
    [InlineData("catalog=main;schema=sales;table=other", AccessVerdict.Undetermined)]
    public void A_tag_counts_for_its_resource_and_all_below(string resource, AccessVerdict expected)
    {
        var engine = Tagged([TagPolicy(1, "PII", p => p.DenyPolicyItems = [Item("uc:select", "ann")])]);

        Assert.Equal(expected, engine.Ask(resource, User("ann"), "select"));
    }

    [Fact]
    public void Tag_policies_are_asked_before_resource_policies_of_the_same_priority()
    {
        var deny = TagPolicy(1, "PII", p => p.DenyPolicyItems = [Item("uc:select", "ann")]);
        var allow = Policy(2, Table, p => p.PolicyItems = [Item("select", "ann")]);
        var overriding = Policy(3, Table, p =>
        {
            p.PolicyPriority = 1;
            p.PolicyItems = [Item("select", "ann")];
        });

        Assert.Equal(AccessVerdict.Denied, Tagged([deny], allow).Ask(Table, User("ann"), "select"));
        Assert.Equal(AccessVerdict.Allowed, Tagged([deny], overriding).Ask(Table, User("ann"), "select"));
    }

    [Fact]
    public void A_resource_deny_takes_back_what_a_tag_allows()
    {
        var engine = Tagged(
            [TagPolicy(1, "PII", p => p.PolicyItems = [Item("uc:select", "ann,bob")])],
            Policy(2, Table, p => p.DenyPolicyItems = [Item("select", "ann")]));

        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, User("ann"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("bob"), "select"));
    }

    [Fact]
    public void Access_types_of_other_services_are_nobodys()
    {
        var engine = Tagged([TagPolicy(1, "PII", p => p.PolicyItems = [Item("hive:select", "ann"), Item("uc:modify", "ann")])]);

        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(Table, User("ann"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("ann"), "modify"));
    }

    [Fact]
    public void A_tag_that_has_run_out_counts_for_nothing()
    {
        var engine = Tagged(
            [TagPolicy(1, "OLD", p => p.PolicyItems = [Item("uc:select", "ann")])]);

        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(Table, User("ann"), "select"));
        Assert.Equal(
            AccessVerdict.Allowed,
            engine.ViewOf(Resource(Table), new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero)).Evaluate(User("ann"), "select").Verdict);
    }

    [Fact]
    public void Tags_from_elsewhere_count_beside_those_of_the_download()
    {
        var engine = Tagged([
            TagPolicy(1, "SECRET", p => p.DenyPolicyItems = [Item("uc:select", "ann")]),
            TagPolicy(2, "PII", p => p.DenyPolicyItems = [Item("uc:select", "bob")])]);
        var secret = new ResourceTag("SECRET", new Dictionary<string, string>(), []);
        var view = engine.ViewOf(Resource(Table), Now, [secret]);

        Assert.Equal(AccessVerdict.Denied, view.Evaluate(User("ann"), "select").Verdict);
        Assert.Equal(AccessVerdict.Denied, view.Evaluate(User("bob"), "select").Verdict);
        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(Table, User("ann"), "select"));
    }

    [Fact]
    public void A_validity_of_such_a_tag_is_a_change_to_come()
    {
        var engine = Tagged([TagPolicy(1, "SECRET", p => p.DenyPolicyItems = [Item("uc:select", "ann")])]);
        var until = new ResourceTag("SECRET", new Dictionary<string, string>(), [new() { EndTime = "2027/01/01 00:00:00" }]);

        Assert.Null(engine.NextChange(Resource(Table), Now));
        Assert.InRange(
            engine.NextChange(Resource(Table), Now, [until])!.Value,
            new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2027, 1, 1, 0, 0, 1, TimeSpan.Zero));
    }

    private static RangerEngine Tagged(RangerPolicy[] tagPolicies, params RangerPolicy[] policies) => RangerEngine.Compile(
        new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [.. policies],
            TagPolicies = new() { Policies = [.. tagPolicies], ServiceDef = TagService() },
        },
        roles: null,
        userStore: null,
        new ServiceTags
        {
            Tags = new()
            {
                ["1"] = new() { Type = "PII" },
                ["2"] = new() { Type = "OLD", ValidityPeriods = [new() { EndTime = "2026/01/01 00:00:00" }] },
            },
            ServiceResources = [new() { Id = 7, ResourceElements = Resources(Table) }],
            ResourceToTagIds = new() { ["7"] = [1, 2] },
        },
        new EngineOptions());

    private static RangerPolicy TagPolicy(long id, string tag, Action<RangerPolicy> change) => Policy(id, $"tag={tag}", change);

    private static RangerServiceDef TagService() => new()
    {
        Name = "tag",
        Resources = [new() { Name = "tag", MatcherOptions = new() { ["wildCard"] = "false", ["ignoreCase"] = "false" } }],
        AccessTypes = [new() { Name = "uc:select" }, new() { Name = "uc:modify" }, new() { Name = "hive:select" }],
    };
}
