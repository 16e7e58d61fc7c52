using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>Conditions in Ranger's way, where a request says what they ask for; and that grants, which know no request, leave them open.</summary>
public class ConditionTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.*", "10.1.2.3", true)]
    [InlineData("10.1.*", "10.10.2.3", false)]
    [InlineData("10.1.*.*", "10.1.2.3", true)]
    [InlineData("10.*.2.3", "10.1.2.3", false)]
    [InlineData("*", "10.1.2.3", true)]
    [InlineData("fe80:*", "FE80::1", true)]
    [InlineData("9.9.9.9,10.1.2.3", "10.1.2.3", true)]
    [InlineData("", "10.1.2.3", true)]
    [InlineData("10.1.2.3", null, true)]
    [InlineData("10.1.2.3,*.*.*", "9.9.9.9", true)]
    [InlineData("*:*", "fe80::1", true)]
    [InlineData("10.**", "10.1.2.3", false)]
    [InlineData("10.1*", "10.1.2.3", false)]
    [InlineData(".", "10.1.2.3", false)]
    [InlineData("fe80::*", "fe80:1::1", false)]
    [InlineData("fe80::*", "fe80::1", true)]
    [InlineData("FE80::1", "fe80::1234", true)]
    [InlineData("fe80::1", "fe80::1234", false)]
    public void A_request_comes_from_one_of_some_addresses(string values, string? address, bool expected) =>
        Assert.Equal(expected, Holds("ip", values, r => r.ClientAddress = address));

    [Theory]
    [InlineData("DE,FR", "DE", true)]
    [InlineData("D?", "DE", true)]
    [InlineData("de", "DE", false)]
    [InlineData("DE", null, false)]
    [InlineData("", null, true)]
    public void An_attribute_of_the_request_fits_one_of_the_values(string values, string? country, bool expected) =>
        Assert.Equal(expected, Holds("country", values, r => r.Country = country));

    [Theory]
    [InlineData("any-tag", "PII,SECRET", "PII", true)]
    [InlineData("any-tag", "PII,SECRET", "OTHER", false)]
    [InlineData("all-tags", "PII,SECRET", "PII", false)]
    [InlineData("all-tags", "PII,SECRET", "PII,SECRET,OTHER", true)]
    [InlineData("no-tag", "PII,SECRET", "OTHER", true)]
    [InlineData("no-tag", "PII,SECRET", "SECRET", false)]
    [InlineData("all-tags", "", "PII", true)]
    [InlineData("any-tag", "", "PII", false)]
    [InlineData("no-tag", "", "PII", true)]
    [InlineData("any-tag", " PII ,HR", "PII", true)]
    [InlineData("any-tag", "PII;HR", "PII", false)]
    [InlineData("all-tags", "PII;HR", "PII,HR", false)]
    [InlineData("no-tag", "PII;HR", "PII", true)]
    public void A_resource_has_some_tags(string condition, string values, string tags, bool expected) =>
        Assert.Equal(expected, Holds(condition, values, r => r.Tags = tags));

    [Theory]
    [InlineData("yes", true)]
    [InlineData("YES", true)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    public void A_script_of_the_service_must_hold_or_must_not(string value, bool expected) =>
        Assert.Equal(expected, Holds("in-role", value, r => r.Roles = "admin"));

    [Theory]
    [InlineData("IS_IN_ROLE('admin') && IS_IN_ROLE('auditor')", "admin,auditor", true)]
    [InlineData("IS_IN_ROLE('admin') && IS_IN_ROLE('auditor')", "admin", false)]
    [InlineData("USER.dept == 'hr'", "admin", true)]
    [InlineData("UGA.sVal.site == 'berlin'", "admin", true)]
    [InlineData("HAS_USER_ATTR('dept')", "admin", true)]
    [InlineData("HAS_USER_ATTR('absent')", "admin", false)]
    [InlineData("REQ.user == 'ann'", "admin", true)]
    public void A_script_of_the_policy_knows_roles_and_attributes_of_the_user(string script, string roles, bool expected) =>
        Assert.Equal(expected, Holds("script", script, r => r.Roles = roles, values: [script]));

    [Theory]
    [InlineData("ip", "10.*")]
    [InlineData("country", "DE")]
    [InlineData("any-tag", "PII")]
    [InlineData("in-role", "yes")]
    [InlineData("script", "true")]
    public void A_grant_knows_no_request_and_leaves_every_condition_open(string condition, string value)
    {
        var policy = Policy(1, Table, p => p.PolicyItems = [Item("select", "ann", new RangerCondition { Type = condition, Values = [value] })]);
        var view = Compile(policy).ViewOf(Resource(Table), Now);

        Assert.Equal(AccessVerdict.Undetermined, view.Evaluate(User("ann"), "select").Verdict);
        Assert.Equal(PolicyPart.Allow, Assert.Single(Assert.Single(view.Access).Uncertainties).Part);
    }

    [Theory]
    [InlineData("default.t.col*", "default.t.col1 default.t.col2", true)]
    [InlineData("default.t.col1,default.t.name", "default.t.col1 default.t.name", true)]
    [InlineData("default.t.col1,default.t.name", "default.t.col2 default.t.name", false)]
    [InlineData("default.t.col*", "default.t.col1", false)] // one alone is not together
    [InlineData("default.t.*", "default.t", false)]
    [InlineData("default.*.*", "default.t.a default.u.b", true)]
    [InlineData("other.*.*", "default.t.a default.u.b", false)]
    [InlineData("default.t", "default.t default.t", true)]
    [InlineData("default.t.col*", "", false)]
    [InlineData("", "default.t.col1", true)]
    public void Some_columns_are_asked_for_together(string values, string requested, bool expected)
    {
        string[] names = ["database", "table", "column"];
        var service = new RangerServiceDef
        {
            Name = "hive",
            Resources = [new() { Name = "database" }, new() { Name = "table", Parent = "database", IsValidLeaf = true }, new() { Name = "column", Parent = "table" }],
            AccessTypes = [new() { Name = "select" }],
            PolicyConditions = [new() { Name = "together", Evaluator = "x.RangerHiveResourcesAccessedTogetherCondition" }],
        };
        var condition = new RangerCondition { Type = "together", Values = [.. values.Split(',', StringSplitOptions.RemoveEmptyEntries)] };
        var policy = Policy(1, "database=*;table=*;column=*", p => p.PolicyItems = [Item("select", "ann", condition)]);
        var engine = RangerEngine.Compile(
            new ServicePolicies { ServiceDef = service, Policies = [policy] }, roles: null, userStore: null, new EngineOptions());
        var resource = Resource("database=default;table=t;column=a");

        var result = engine.Evaluate(new AccessRequest
        {
            Resource = resource,
            AccessType = "select",
            User = "ann",
            AccessTime = Now,
            RequestedResources =
            [
                .. requested.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => new RangerResource(names.Zip(text.Split('.')).ToDictionary(p => p.First, p => p.Second))),
            ],
        });

        Assert.Equal(expected, result.IsAllowed);
        Assert.Equal(AccessVerdict.Undetermined, engine.ViewOf(resource, Now).Evaluate(User("ann"), "select").Verdict);
    }

    [Theory]
    [InlineData(UnknownConditions.AsRanger, true)]
    [InlineData(UnknownConditions.AgainstAccess, false)]
    public void A_script_of_the_service_without_a_value_is_not_run(UnknownConditions unknown, bool expected)
    {
        var condition = new RangerCondition { Type = "in-role", Values = [" "] };
        var engine = Compile(unknown, Policy(1, Table, p => p.PolicyItems = [Item("select", "ann", condition)]));

        Assert.Equal(expected, engine.Evaluate(Request(new Asked())).IsAllowed);
    }

    // On the item, on the policy, and as a deny, which must then say the contrary.
    private static bool Holds(string condition, string text, Action<Asked> change, string[]? values = null)
    {
        var asked = new Asked();
        change(asked);
        var set = new RangerCondition { Type = condition, Values = [.. values ?? text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(value => value.Replace(';', ','))] };
        var onItem = Compile(Policy(1, Table, p => p.PolicyItems = [Item("select", "ann", set)])).Evaluate(Request(asked)).IsAllowed;
        var onPolicy = Compile(Policy(1, Table, p => (p.PolicyItems, p.Conditions) = ([Item("select", "ann")], [set]))).Evaluate(Request(asked)).IsAllowed;
        var onDeny = Compile(
            Policy(1, Table, p => p.DenyPolicyItems = [Item("select", "ann", set)]),
            Policy(2, Table, p => p.PolicyItems = [Item("select", "ann")])).Evaluate(Request(asked)).IsAllowed;

        Assert.Equal(onItem, onPolicy);
        Assert.NotEqual(onItem, onDeny);
        return onItem;
    }

    private static RangerEngine Compile(params RangerPolicy[] policies) => Compile(UnknownConditions.AgainstAccess, policies);

    private static RangerEngine Compile(UnknownConditions unknown, params RangerPolicy[] policies)
    {
        var service = Service();
        service.PolicyConditions =
        [
            new() { Name = "ip", Evaluator = "x.RangerIpMatcher" },
            new() { Name = "country", Evaluator = "x.RangerSimpleMatcher", EvaluatorOptions = { ["CONTEXT_NAME"] = "country" } },
            new() { Name = "any-tag", Evaluator = "x.RangerAnyOfExpectedTagsPresentConditionEvaluator" },
            new() { Name = "all-tags", Evaluator = "x.RangerTagsAllPresentConditionEvaluator" },
            new() { Name = "no-tag", Evaluator = "x.RangerNoneOfExpectedTagsPresentConditionEvaluator" },
            new() { Name = "script", Evaluator = "x.RangerScriptConditionEvaluator" },
            new() { Name = "in-role", Evaluator = "x.RangerScriptTemplateConditionEvaluator", EvaluatorOptions = { ["scriptTemplate"] = "ctx.isInRole('admin');" } },
        ];
        var users = new RangerUserStore { UserAttrMapping = { ["ann"] = new() { ["dept"] = "hr" } }, GroupAttrMapping = { ["staff"] = new() { ["site"] = "berlin" } } };
        return RangerEngine.Compile(
            new ServicePolicies { ServiceDef = service, Policies = [.. policies] }, roles: null, users, new EngineOptions { UnknownConditions = unknown });
    }

    private static AccessRequest Request(Asked asked) => new()
    {
        Resource = Resource(Table),
        AccessType = "select",
        User = "ann",
        UserGroups = ["staff"],
        UserRoles = asked.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
        AccessTime = Now,
        ClientAddress = asked.ClientAddress,
        Context = asked.Country is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["country"] = asked.Country },
        Tags = [.. asked.Tags.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(tag => new ResourceTag(tag, new Dictionary<string, string>(), []))],
    };

    private sealed class Asked
    {
        public string? ClientAddress { get; set; }

        public string? Country { get; set; }

        public string Tags { get; set; } = "";

        public string Roles { get; set; } = "";
    }
}
