using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>What only requests in Ranger's own form have: any access, several accesses at once, super users, roles, addresses.</summary>
public class RequestTests
{
    private const string Schema = "catalog=main;schema=sales";
    private const string Orders = "catalog=main;schema=sales;table=orders";
    private const string AllTables = "catalog=main;schema=sales;table=*";

    [Theory]
    [InlineData(0, "select", 0, "modify", true)]
    [InlineData(1, "select", 0, "modify", true)]
    [InlineData(1, "select", 0, "select,modify", true)]
    [InlineData(1, "modify", 0, "select,modify", true)]
    [InlineData(0, "select", 0, "select", false)]
    [InlineData(1, "select", 1, "select", false)]
    [InlineData(1, "select", 0, "select", false)]
    [InlineData(0, "select", 1, "select", true)]
    public void Any_access_needs_an_access_type_that_is_allowed_and_not_denied_at_that_priority_or_a_higher_one(
        int denyPriority, string denied, int allowPriority, string allowed, bool expected)
    {
        var engine = Engine(
            UnknownConditions.AsRanger,
            Policy(1, AllTables, p => (p.PolicyPriority, p.DenyPolicyItems) = (denyPriority, [Item(denied, "@public")])),
            Policy(2, Orders, p => (p.PolicyPriority, p.PolicyItems) = (allowPriority, [Item(allowed, "ann")])));

        Assert.Equal(expected, engine.Evaluate(Request(Schema, access: null)).IsAllowed);
    }

    [Theory]
    [InlineData(Schema, Orders, true, true)]
    [InlineData(Schema, Orders, false, false)]
    [InlineData(Schema, AllTables, true, false)]
    public void A_deny_below_the_resource_is_ignored_for_it_unless_the_request_minds(
        string resource, string denied, bool ignores, bool expected)
    {
        var engine = Engine(
            UnknownConditions.AsRanger,
            Policy(1, denied, p => p.DenyPolicyItems = [Item("select", "ann")]),
            Policy(2, AllTables, p => p.PolicyItems = [Item("select", "ann")]));

        Assert.Equal(expected, engine.Evaluate(Request(resource, access: null, ignoresDescendantDeny: ignores)).IsAllowed);
    }

    [Theory]
    [InlineData("select,modify", "", "", "", true)]
    [InlineData("select,manage", "", "", "", true)]
    [InlineData("manage", "", "", "", false)]
    [InlineData("select,modify", "select|modify", "", "", true)]
    [InlineData("select,manage", "select|manage", "", "", false)]
    [InlineData("select,manage", "select,manage", "", "", true)]
    [InlineData("select,manage", "select|manage", "manage", "", true)]
    [InlineData("select,manage", "select|manage", "manage", "manage", false)]
    [InlineData("select,modify", "select|modify", "", "modify", false)]
    public void Of_several_accesses_each_group_needs_one_and_none_may_be_denied(
        string accesses, string groups, string ignorable, string denied, bool expected)
    {
        var engine = Engine(
            UnknownConditions.AsRanger,
            Policy(1, Orders, p =>
            {
                p.PolicyItems = [Item("select,modify", "ann")];
                p.DenyPolicyItems = [Item(denied, "ann")];
            }));

        var request = Request(Orders, "select", allAccessTypes: accesses, groups: groups, ignorable: ignorable);

        Assert.Equal(expected, engine.Evaluate(request).IsAllowed);
    }

    [Theory]
    [InlineData("root", "", true)]
    [InlineData("Root", "", false)]
    [InlineData("bob", "wheel", true)]
    [InlineData("bob", "wheels", false)]
    [InlineData(null, "", false)]
    public void Super_users_and_groups_are_allowed_whatever_policies_say(string? user, string group, bool expected)
    {
        var policies = new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [Policy(1, AllTables, p => (p.PolicyPriority, p.IsDenyAllElse) = (1, true))],
            ServiceConfig = { ["ranger.plugin.super.users"] = "root, admin", ["ranger.plugin.super.groups"] = "wheel" },
        };
        var engine = RangerEngine.Compile(policies, roles: null, userStore: null, new EngineOptions());

        var result = engine.Evaluate(Request(Orders, "select", user, group));

        Assert.Equal(expected, result.IsAllowed);
        Assert.Equal(expected ? null : 1, result.PolicyId);
    }

    [Theory]
    [InlineData("ranger.plugin.audit.exclude.users", "ann")]
    [InlineData("ranger.plugin.audit.exclude.groups", "staff")]
    [InlineData("ranger.plugin.audit.exclude.roles", "analysts")]
    public void Whoever_is_left_out_of_audit_gains_and_loses_no_access(string key, string name)
    {
        var policies = new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [Policy(1, Orders, p => (p.PolicyItems, p.IsAuditEnabled) = ([Item("select", "ann")], false))],
            ServiceConfig = { [key] = name },
        };
        var engine = RangerEngine.Compile(policies, roles: null, userStore: null, new EngineOptions());

        Assert.True(engine.Evaluate(Request(Orders, "select", "ann", "staff")).IsAllowed);
        Assert.False(engine.Evaluate(Request(Orders, "modify", "ann", "staff")).IsAllowed);
        Assert.False(engine.Evaluate(Request(Orders, "select", "bob", "staff")).IsAllowed);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("analysts", true)]
    [InlineData("others", false)]
    public void Roles_that_a_request_brings_along_count_instead_of_those_that_are_known(string role, bool expected)
    {
        var policies = new ServicePolicies { ServiceDef = Service(), Policies = [Policy(1, Orders, p => p.PolicyItems = [Item("select", "#analysts")])] };
        var roles = new RangerRoles { Roles = [new() { Name = "analysts", Users = [new() { Name = "ann" }] }] };
        var engine = RangerEngine.Compile(policies, roles, userStore: null, new EngineOptions());

        Assert.Equal(expected, engine.Evaluate(Request(Orders, "select", role: role)).IsAllowed);
    }

    [Theory]
    [InlineData("_READ", "select", true)]
    [InlineData("_read", "select", true)]
    [InlineData("_READ", "modify", false)]
    [InlineData("_UPDATE", "modify", true)]
    [InlineData("_UPDATE", "write", true)]
    [InlineData("_MANAGE", "manage", true)]
    [InlineData("_CREATE", "select", false)]
    [InlineData("_ALL", "select", true)]
    [InlineData("_ALL", "all_privileges", true)]
    public void A_marker_stands_for_the_access_types_of_its_category(string marker, string access, bool expected)
    {
        // As Ranger Admin sends them with a service definition.
        var service = Service();
        service.MarkerAccessTypes =
        [
            new() { Name = "_CREATE" }, new() { Name = "_READ", ImpliedGrants = ["select"] }, new() { Name = "_UPDATE", ImpliedGrants = ["modify", "write"] },
            new() { Name = "_MANAGE", ImpliedGrants = ["manage"] }, new() { Name = "_ALL", ImpliedGrants = [.. service.AccessTypes.Select(type => type.Name!)] },
        ];

        var policies = new ServicePolicies { ServiceDef = service, Policies = [Policy(1, Orders, p => p.PolicyItems = [Item(marker, "ann")])] };
        var engine = RangerEngine.Compile(policies, roles: null, userStore: null, new EngineOptions());

        Assert.Equal(expected, engine.Evaluate(Request(Orders, access)).IsAllowed);
        Assert.Equal(expected ? AccessVerdict.Allowed : AccessVerdict.Undetermined, engine.Ask(Orders, User("ann"), access));
    }

    [Theory]
    [InlineData(UnknownConditions.AsRanger, "nowhere-defined", true)]
    [InlineData(UnknownConditions.AsRanger, "ip-range", true)]
    [InlineData(UnknownConditions.AgainstAccess, "nowhere-defined", false)]
    [InlineData(UnknownConditions.AgainstAccess, "ip-range", false)]
    public void What_cannot_be_evaluated_holds_in_Rangers_way_and_counts_against_access_in_ours(
        UnknownConditions way, string condition, bool expected)
    {
        var unknown = new RangerCondition { Type = condition, Values = ["x"] };
        var onItem = Policy(1, Orders, p => p.PolicyItems = [Item("select", "ann", unknown)]);
        var onPolicy = Policy(1, Orders, p => (p.PolicyItems, p.Conditions) = ([Item("select", "ann")], [unknown]));

        Assert.Equal(expected, Engine(way, onItem).Evaluate(Request(Orders, "select")).IsAllowed);
        Assert.Equal(expected, Engine(way, onPolicy).Evaluate(Request(Orders, "select")).IsAllowed);
        Assert.Equal(expected, Engine(way, onItem).Ask(Orders, User("ann"), "select") == AccessVerdict.Allowed);
    }

    private static AccessRequest Request(
        string resource,
        string? access,
        string? user = "ann",
        string group = "",
        string role = "",
        string allAccessTypes = "",
        string groups = "",
        string ignorable = "",
        bool ignoresDescendantDeny = true) => new()
        {
            Resource = Resource(resource),
            AccessType = access,
            User = user,
            UserGroups = Names(group),
            UserRoles = Names(role),
            AccessTime = Now,
            AllAccessTypes = Names(allAccessTypes),
            AllAccessTypeGroups = [.. groups.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Names)],
            IgnoreIfNotDenied = Names(ignorable),
            IgnoresDescendantDeny = ignoresDescendantDeny,
        };

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
