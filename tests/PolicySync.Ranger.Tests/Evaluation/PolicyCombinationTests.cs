using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>How policies and their items combine. The letters are the rows of the note on Ranger, section 3.8.</summary>
public class PolicyCombinationTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Fact]
    public void A_deny_beats_an_allow_of_the_same_policy_A()
    {
        var engine = Engine(Policy(1, Table, p =>
        {
            p.PolicyItems = [Item("select", "@public")];
            p.DenyPolicyItems = [Item("select", "bob")];
        }));

        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, User("bob"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("ann"), "select"));
    }

    [Fact]
    public void A_deny_exception_lifts_the_deny_of_its_own_policy_C()
    {
        var engine = Engine(
            Policy(1, Table, p =>
            {
                p.DenyPolicyItems = [Item("select", "bob,eve")];
                p.DenyExceptions = [Item("select", "bob")];
            }),
            Policy(2, Table, p => p.PolicyItems = [Item("select", "bob,eve")]));

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("bob"), "select"));
        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, User("eve"), "select"));
    }

    [Fact]
    public void An_allow_exception_takes_back_only_the_allow_of_its_own_policy_D()
    {
        var withException = Policy(1, Table, p =>
        {
            p.PolicyItems = [Item("select", "bob")];
            p.AllowExceptions = [Item("select", "bob")];
        });

        Assert.Equal(AccessVerdict.Undetermined, Engine(withException).Ask(Table, User("bob"), "select"));
        Assert.Equal(
            AccessVerdict.Allowed,
            Engine(withException, Policy(2, Table, p => p.PolicyItems = [Item("select", "bob")])).Ask(Table, User("bob"), "select"));
    }

    [Fact]
    public void An_overriding_allow_beats_a_normal_deny_J()
    {
        var engine = Engine(
            Policy(1, Table, p =>
            {
                p.PolicyPriority = 1;
                p.PolicyItems = [Item("select", "@public")];
            }),
            Policy(2, Table, p => p.DenyPolicyItems = [Item("select", "bob")]));

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("bob"), "select"));
    }

    [Fact]
    public void A_deny_of_a_group_reaches_its_members_K()
    {
        var engine = Engine(
            Policy(1, Table, p => p.PolicyItems = [Item("select", "bob")]),
            Policy(2, Table, p => p.DenyPolicyItems = [Item("select", "@interns")]));

        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, User("bob", "interns"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("bob"), "select"));
    }

    [Fact]
    public void Deny_all_else_denies_those_whom_its_own_policy_does_not_allow_P()
    {
        var engine = Engine(
            Policy(1, Table, p =>
            {
                p.IsDenyAllElse = true;
                p.PolicyItems = [Item("select", "#analysts")];
            }),
            Policy(2, Table, p => p.PolicyItems = [Item("select", "bob")]));
        var analyst = new Subject("ann", new HashSet<string>(), new HashSet<string> { "analysts" });

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, analyst, "select"));
        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, User("bob"), "select"));
        Assert.Equal(AccessVerdict.Denied, engine.Ask(Table, analyst, "modify"));
    }

    [Fact]
    public void A_service_may_switch_denies_and_exceptions_off()
    {
        var def = Service();
        def.Options["enableDenyAndExceptionsInPolicies"] = "false";
        var policy = Policy(1, Table, p =>
        {
            p.PolicyItems = [Item("select", "bob")];
            p.DenyPolicyItems = [Item("select", "bob")];
            p.AllowExceptions = [Item("select", "bob")];
        });
        var engine = RangerEngine.Compile(
            new ServicePolicies { ServiceDef = def, Policies = [policy] }, roles: null, userStore: null, new EngineOptions());

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("bob"), "select"));
    }

    [Fact]
    public void Missing_policies_are_refused_since_they_are_not_the_same_as_none()
    {
        var download = new ServicePolicies { ServiceDef = Service() };

        Assert.Throws<RangerFormatException>(() => RangerEngine.Compile(download, roles: null, userStore: null, new EngineOptions()));
    }

    [Fact]
    public void The_decision_names_its_policy()
    {
        var engine = Engine(Policy(7, Table, p => p.PolicyItems = [Item("select", "ann")]));

        Assert.Equal(
            new AccessDecision(AccessVerdict.Allowed, 7, "p7"),
            engine.ViewOf(Resource(Table), Now).Evaluate(User("ann"), "select"));
        Assert.Equal(default, engine.ViewOf(Resource(Table), Now).Evaluate(User("bob"), "select"));
    }

    [Theory]
    [InlineData(false, "2026/01/01 00:00:00", "2026/12/31 00:00:00", AccessVerdict.Undetermined)] // disabled
    [InlineData(true, "2026/01/01 00:00:00", "2026/12/31 00:00:00", AccessVerdict.Allowed)]
    [InlineData(true, "2026/03/01 12:00:00", "2026/03/01 12:00:00", AccessVerdict.Allowed)] // both ends belong to it
    [InlineData(true, "2026/03/01 12:00:01", "", AccessVerdict.Undetermined)]
    [InlineData(true, "", "2026/03/01 11:59:59", AccessVerdict.Undetermined)]
    public void A_policy_holds_while_it_is_enabled_and_valid(bool enabled, string start, string end, AccessVerdict expected)
    {
        var engine = Engine(Policy(1, Table, p =>
        {
            p.IsEnabled = enabled;
            p.ValiditySchedules = [new() { StartTime = start, EndTime = end }];
            p.PolicyItems = [Item("select", "ann")];
        }));

        Assert.Equal(expected, engine.Ask(Table, User("ann"), "select"));
    }

    [Fact]
    public void A_schedule_is_read_in_its_own_time_zone()
    {
        var engine = Engine(Policy(1, Table, p =>
        {
            p.ValiditySchedules = [new() { StartTime = "2026/03/01 13:00:00", TimeZone = "Europe/Berlin" }];
            p.PolicyItems = [Item("select", "ann")];
        }));

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("ann"), "select"));
    }
}
