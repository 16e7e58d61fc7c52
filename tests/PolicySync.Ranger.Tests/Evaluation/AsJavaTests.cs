using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Zones;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>Places where Ranger's Java engine does something that its documentation does not say, and where being wider than it would grant too much.</summary>
public class AsJavaTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData("*?", "m", true)]
    [InlineData("*?", "main", false)]
    [InlineData("ma*?n", "main", true)]
    [InlineData("ma*?n", "maiin", false)]
    public void A_star_before_a_question_mark_does_not_count_as_in_Ranger(string catalog, string asked, bool expected)
    {
        var engine = Engine(UnknownConditions.AsRanger, Policy(1, $"catalog={catalog}", p => p.PolicyItems = [Item("select", "ann")]));

        Assert.Equal(expected, Evaluate(engine, $"catalog={asked}").IsAllowed);
    }

    [Theory]
    [InlineData("*?", "main")]
    [InlineData("*?", "m")]
    [InlineData("m*?in", "main")]
    [InlineData("!*?", "main")]
    [InlineData("!*?", "m")]
    public void For_grants_such_a_pattern_never_allows_always_denies_and_is_told(string catalog, string asked)
    {
        var allow = Policy(1, $"catalog={catalog}", p => p.PolicyItems = [Item("select", "ann")]);
        var deny = Policy(2, $"catalog={catalog}", p => p.DenyPolicyItems = [Item("modify", "ann")]);
        var engine = Engine(allow, deny, Policy(3, "catalog=*", p => p.PolicyItems = [Item("modify", "ann")]));

        Assert.NotEqual(AccessVerdict.Allowed, engine.Ask($"catalog={asked}", User("ann"), "select"));
        Assert.Equal(AccessVerdict.Denied, engine.Ask($"catalog={asked}", User("ann"), "modify"));
        Assert.False(Evaluate(engine, $"catalog={asked}").IsAllowed);
        Assert.Contains(
            engine.ViewOf(Resource($"catalog={asked}"), Now).Access.SelectMany(policy => policy.Uncertainties),
            uncertainty => uncertainty.Reason.Contains("`*?`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("KAPALIÇARŞI", "kapalıçarşı")]
    [InlineData("k", "K")]
    [InlineData("ſ*", "Sales")]
    [InlineData("*ſ", "sales")]
    [InlineData("?ıl", "SİL")]
    public void Names_are_found_and_compared_without_case_as_in_Java(string written, string asked)
    {
        var engine = Engine(
            Policy(1, "catalog=*", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(2, $"catalog={written}", p => p.DenyPolicyItems = [Item("select", "ann")]));

        Assert.Equal(AccessVerdict.Denied, engine.Ask($"catalog={asked}", User("ann"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask("catalog=other", User("ann"), "select"));
    }

    [Fact]
    public void Access_types_compare_without_case_as_in_Java()
    {
        var engine = Engine(
            Policy(1, "catalog=main", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(2, "catalog=main", p => p.DenyPolicyItems = [Item("ſELECT", "ann")]));

        Assert.Equal(AccessVerdict.Denied, engine.Ask("catalog=main", User("ann"), "select"));
    }

    [Theory]
    [InlineData("_ALL")]
    [InlineData("_READ")]
    public void An_access_type_for_a_category_gives_nothing_where_the_service_defines_none(string type)
    {
        var policy = Policy(1, "catalog=main", p => p.PolicyItems = [Item(type, "ann")]);
        var service = Service();
        service.AccessTypes[0].Category = "READ";
        RangerEngine Compiled() => RangerEngine.Compile(
            new ServicePolicies { ServiceDef = service, Policies = [policy] }, roles: null, userStore: null, new EngineOptions());

        Assert.Equal(AccessVerdict.Undetermined, Compiled().Ask("catalog=main", User("ann"), "select"));

        service.MarkerAccessTypes = [new() { Name = type, ImpliedGrants = ["select"] }];

        Assert.Equal(AccessVerdict.Allowed, Compiled().Ask("catalog=main", User("ann"), "select"));
    }

    [Fact]
    public void Nothing_is_tagged_and_in_no_zone_where_no_resource_is_named()
    {
        var engine = RangerEngine.Compile(
            new ServicePolicies
            {
                ServiceDef = Service(),
                Policies = [Policy(1, "catalog=*", p => p.DenyPolicyItems = [Item("modify", "ann")])],
                SecurityZones = { ["z"] = new SecurityZoneInfo { Resources = [new() { ["catalog"] = ["*"] }], Policies = [Policy(3, "catalog=*", p => p.PolicyItems = [Item("modify", "ann")])] } },
                TagPolicies = new TagPolicies
                {
                    ServiceDef = new RangerServiceDef { Name = "tag", Resources = [new() { Name = "tag" }], AccessTypes = [new() { Name = "uc:select" }] },
                    Policies = [new RangerPolicy { Id = 2, Resources = Resources("tag=PII"), PolicyItems = [Item("uc:select", "ann")] }],
                },
            },
            roles: null,
            userStore: null,
            new ServiceTags
            {
                Tags = { ["1"] = new RangerTag { Type = "PII" } },
                ServiceResources = [new() { Id = 1, ResourceElements = Resources("catalog=*") }],
                ResourceToTagIds = { ["1"] = [1] },
            },
            new EngineOptions { UnknownConditions = UnknownConditions.AsRanger });

        Assert.False(Evaluate(engine, "").IsAllowed);
        Assert.True(Evaluate(engine, "catalog=main").IsAllowed);
        Assert.False(Evaluate(engine, "", access: "modify").IsAllowed);
        Assert.True(Evaluate(engine, "catalog=main", access: "modify").IsAllowed);
    }

    [Theory]
    [InlineData("", "ann", "select", false)]
    [InlineData("bob modify", "ann", "select", false)]
    [InlineData("ann modify", "ann", "select", false)]
    [InlineData("ann select", "ann", "select", true)]
    [InlineData("@public modify", "ann", "modify", true)]
    [InlineData("@staff write", "ann", "modify", true)]
    [InlineData("{USER} all_privileges", "ann", "select", true)]
    [InlineData("else", "ann", "select", false)]
    public void Access_that_needs_no_policy_needs_one_that_could_speak_of_it(string item, string user, string access, bool expected)
    {
        var engine = Engine(UnknownConditions.AsRanger, Policy(1, Table, p =>
        {
            p.IsDenyAllElse = item == "else";
            p.PolicyItems = item is "" or "else" ? [] : [Item(item.Split(' ')[1], item.Split(' ')[0])];
        }));

        var result = engine.Evaluate(new AccessRequest
        {
            Resource = Resource(Table), AccessType = access, User = user, UserGroups = ["staff"], AccessTime = Now,
            AllAccessTypes = [access], IgnoreIfNotDenied = [access],
        });

        Assert.Equal(expected, result.IsAllowed);
    }

    [Theory]
    [InlineData("known", "", 2)] // a condition makes a policy narrower, and so later
    [InlineData("", "known", 1)]
    [InlineData("unknown", "", 1)] // one that the service does not define does not count
    [InlineData("strange", "", 1)] // nor one whose evaluator Ranger does not have
    [InlineData("elsewhere", "", 2)] // one that Ranger has, and this engine has not, counts
    public void The_order_of_filters_counts_the_conditions_that_Ranger_evaluates(string first, string second, long expected)
    {
        foreach (var isOnItem in (bool[])[false, true])
        {
            var service = Service();
            service.PolicyConditions =
            [
                new() { Name = "known", Evaluator = "x.RangerIpMatcher" },
                new() { Name = "strange", Evaluator = "x.NoSuchEvaluator" },
                new() { Name = "elsewhere", Evaluator = "x.RangerTimeOfDayMatcher" },
            ];
            var engine = RangerEngine.Compile(
                new ServicePolicies { ServiceDef = service, Policies = [Filter(1, first, isOnItem), Filter(2, second, isOnItem)] },
                roles: null, userStore: null, new EngineOptions { UnknownConditions = UnknownConditions.AsRanger });

            Assert.Equal(expected, engine.EvaluateRowFilter(new AccessRequest { Resource = Resource(Table), AccessType = "select", User = "ann", AccessTime = Now }).PolicyId);
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_mask_may_end_at_a_level_only_where_the_mask_definition_says_so(bool isLeaf, int masks)
    {
        var service = Service();
        service.DataMaskDef!.Resources[0].IsValidLeaf = isLeaf ? true : null;
        var policy = Policy(1, "catalog=main;schema=sales;table=orders;column=ssn", p => (p.PolicyType, p.DataMaskPolicyItems) =
            (RangerPolicy.DataMaskType, [new() { Accesses = [new() { Type = "select" }], Users = ["ann"], DataMaskInfo = new() { DataMaskType = "MASK" } }]));
        var engine = RangerEngine.Compile(
            new ServicePolicies { ServiceDef = service, Policies = [policy] }, roles: null, userStore: null, new EngineOptions());

        Assert.Equal(masks, engine.AclsOf(Resource("catalog=main"), Now, includesDescendants: true).DataMasks.Count);
    }

    private static RangerPolicy Filter(long id, string condition, bool isOnItem)
    {
        RangerCondition[] conditions = condition.Length == 0 ? [] : [new RangerCondition { Type = condition }];
        return Policy(id, Table, p =>
        {
            p.PolicyType = RangerPolicy.RowFilterType;
            p.Conditions = isOnItem ? [] : [.. conditions];
            p.RowFilterPolicyItems =
            [
                new() { Accesses = [new() { Type = "select" }], Users = ["ann"], RowFilterInfo = new() { FilterExpr = $"f{id}" }, Conditions = isOnItem ? [.. conditions] : [] },
            ];
        });
    }

    private static AccessResult Evaluate(RangerEngine engine, string resource, string access = "select") =>
        engine.Evaluate(new AccessRequest { Resource = Resource(resource), AccessType = access, User = "ann", AccessTime = Now });
}
