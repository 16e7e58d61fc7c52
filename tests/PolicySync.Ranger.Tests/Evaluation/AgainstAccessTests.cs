using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>What cannot be evaluated counts against access: one test for each row of that rule (specification, section 3.8).</summary>
public class AgainstAccessTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    private static readonly RangerCondition Unknowable = new() { Type = "ip-range", Values = ["10.0.0.0/8"] };
    private static readonly RangerCondition Undefined = new() { Type = "no-such-condition" };

    public static TheoryData<RangerCondition> Conditions => [Unknowable, Undefined];

    [Theory]
    [MemberData(nameof(Conditions))]
    public void An_allow_item_that_cannot_be_evaluated_never_applies(RangerCondition condition) =>
        Check(AccessVerdict.Undetermined, AccessVerdict.Allowed, PolicyPart.Allow, p =>
            p.PolicyItems = [Item("select", "ann", condition)]);

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_deny_item_that_cannot_be_evaluated_always_applies(RangerCondition condition) =>
        Check(AccessVerdict.Denied, AccessVerdict.Denied, PolicyPart.Deny, p =>
        {
            p.PolicyItems = [Item("select", "ann")];
            p.DenyPolicyItems = [Item("select", "ann", condition)];
        });

    [Theory]
    [MemberData(nameof(Conditions))]
    public void An_allow_exception_that_cannot_be_evaluated_always_applies(RangerCondition condition) =>
        Check(AccessVerdict.Undetermined, AccessVerdict.Undetermined, PolicyPart.AllowException, p =>
        {
            p.PolicyItems = [Item("select", "ann")];
            p.AllowExceptions = [Item("select", "ann", condition)];
        });

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_deny_exception_that_cannot_be_evaluated_never_applies(RangerCondition condition) =>
        Check(AccessVerdict.Denied, AccessVerdict.Undetermined, PolicyPart.DenyException, p =>
        {
            p.DenyPolicyItems = [Item("select", "ann")];
            p.DenyExceptions = [Item("select", "ann", condition)];
        });

    [Fact]
    public void A_policy_condition_that_cannot_be_evaluated_counts_for_each_allow_item() =>
        Check(AccessVerdict.Undetermined, AccessVerdict.Allowed, PolicyPart.Policy, p =>
        {
            p.Conditions = [Unknowable];
            p.PolicyItems = [Item("select", "ann")];
        });

    [Fact]
    public void A_policy_condition_that_cannot_be_evaluated_counts_for_each_deny_item_and_exception() =>
        Check(AccessVerdict.Denied, AccessVerdict.Undetermined, PolicyPart.Policy, p =>
        {
            p.Conditions = [Unknowable];
            p.DenyPolicyItems = [Item("select", "ann")];
            p.DenyExceptions = [Item("select", "ann")];
        });

    [Fact]
    public void Deny_all_else_under_a_condition_that_cannot_be_evaluated_denies() =>
        Check(AccessVerdict.Denied, AccessVerdict.Denied, PolicyPart.Policy, p =>
        {
            p.Conditions = [Unknowable];
            p.IsDenyAllElse = true;
        });

    [Fact]
    public void A_schedule_that_cannot_be_read_counts_against_access() =>
        Check(AccessVerdict.Undetermined, AccessVerdict.Allowed, PolicyPart.Policy, p =>
        {
            p.ValiditySchedules = [new() { StartTime = "next Tuesday" }];
            p.PolicyItems = [Item("select", "ann")];
        });

    [Fact]
    public void Resources_known_only_at_a_request_allow_nothing_and_deny_all_they_can_match()
    {
        var allow = Policy(1, "catalog=main;schema=sales;table={USER}_orders", p => p.PolicyItems = [Item("select", "ann")]);
        var deny = Policy(2, "catalog=main;schema=sales;table=${{USER.team}}_orders", p => p.DenyPolicyItems = [Item("select", "bob")]);
        var plain = Policy(3, "catalog=main;schema=*;table=*", p => p.PolicyItems = [Item("select", "bob")]);
        var engine = Engine(allow, deny, plain);
        var orders = "catalog=main;schema=sales;table=ann_orders";

        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(orders, User("ann"), "select"));
        Assert.Equal(AccessVerdict.Denied, engine.Ask(orders, User("bob"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask("catalog=main;schema=sales;table=invoices", User("bob"), "select"));

        var dynamic = engine.ViewOf(Resource(orders), Now).Access.Where(p => p.IsDynamic).ToList();
        Assert.Equal([1L, 2L], dynamic.Select(p => p.Policy.Id!.Value).Order());
        Assert.All(dynamic, p => Assert.Equal(PolicyPart.Policy, Assert.Single(p.Uncertainties).Part));
    }

    [Fact]
    public void A_mask_or_filter_under_a_condition_is_shown_with_its_item()
    {
        var mask = new RangerDataMaskPolicyItem { Users = ["ann"], Conditions = [Unknowable] };
        var filter = new RangerRowFilterPolicyItem { Users = ["ann"], Conditions = [Unknowable] };
        var view = Engine(
            Policy(1, $"{Table};column=ssn", p =>
            {
                p.PolicyType = RangerPolicy.DataMaskType;
                p.DataMaskPolicyItems = [mask];
            }),
            Policy(2, Table, p =>
            {
                p.PolicyType = RangerPolicy.RowFilterType;
                p.RowFilterPolicyItems = [filter];
            })).ViewOf(Resource(Table), Now);

        var uncertainMask = Assert.Single(Assert.Single(view.Masks).Uncertainties);
        var uncertainFilter = Assert.Single(Assert.Single(view.Filters).Uncertainties);
        Assert.Equal((PolicyPart.DataMask, mask), (uncertainMask.Part, uncertainMask.Item));
        Assert.Equal((PolicyPart.RowFilter, filter), (uncertainFilter.Part, uncertainFilter.Item));
    }

    private static void Check(
        AccessVerdict againstAccess, AccessVerdict asRanger, PolicyPart part, Action<RangerPolicy> change)
    {
        var policy = Policy(1, Table, change);

        var view = Engine(UnknownConditions.AgainstAccess, policy).ViewOf(Resource(Table), Now);
        Assert.Equal(againstAccess, view.Evaluate(User("ann"), "select").Verdict);
        Assert.Equal(part, Assert.Single(Assert.Single(view.Access).Uncertainties).Part);
        Assert.Equal(asRanger, Engine(UnknownConditions.AsRanger, policy).Ask(Table, User("ann"), "select"));
    }
}
