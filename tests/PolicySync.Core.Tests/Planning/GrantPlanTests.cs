using PolicySync.Core.Planning;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Planning;

/// <summary>What can be done with a plan. The notation is explained at <see cref="Notation"/>.</summary>
public sealed class GrantPlanTests
{
    [Fact]
    public void Each_change_names_the_policy_that_asked_for_it()
    {
        var plan = Plan("ann:SELECT", "bob:SELECT eve:SELECT", "bob:SELECT", desired => desired with
        {
            PolicyId = 42, PolicyName = "sales read",
        });

        Assert.Equal(
            [
                new ResourceChange(ChangeAction.Grant, "ann", "SELECT", null, 42, "sales read"),
                new ResourceChange(ChangeAction.Revoke, "bob", "SELECT", null, 1, "policy 1"),
            ],
            plan.ResourceChanges);
    }

    [Fact]
    public void Of_several_policies_the_lowest_id_is_named_in_whatever_order_they_come()
    {
        DesiredGrant[] desired =
        [
            new("Ann@x.com", "SELECT", 9, "nine"), new("ann@x.com", "select", 3, "three"), new("ann@x.com", "SELECT", null, null),
        ];

        foreach (var order in new[] { desired, [.. desired.Reverse()] })
        {
            var plan = GrantPlanner.Plan(new() { Facts = Notation.Schema, Desired = order, Current = [] });

            Assert.Equal([new ResourceChange(ChangeAction.Grant, "Ann@x.com", "SELECT", null, 3, "three")], plan.ResourceChanges);
        }
    }

    [Fact]
    public void A_principal_that_the_server_does_not_know_is_left_out_and_told()
    {
        var plan = Plan("ann:SELECT bob:SELECT bob:MODIFY", "", "", desired => desired with { SpelledAs = $"DOM\\{desired.Principal}" });

        var rest = plan.Without("bob");

        Assert.Equal("+ann:SELECT", Notation.Write(rest));
        Assert.Equal(@"?DOM\bob:MODIFY ?DOM\bob:SELECT", Notation.Write(rest.Gaps));
        Assert.All(rest.Gaps, gap => Assert.Equal((GapCode.PrincipalUnknown, 1L), (gap.Code, gap.PolicyId)));
        Assert.Same(rest, rest.Without("bob"));
    }

    [Fact]
    public void A_privilege_that_the_server_refuses_is_left_out_and_told()
    {
        var rest = Plan("ann:SELECT ann:FLY bob:FLY", "", "").WithoutPrivilege("fly");

        Assert.Equal("+ann:SELECT", Notation.Write(rest));
        Assert.Equal("?ann:FLY ?bob:FLY", Notation.Write(rest.Gaps));
        Assert.All(rest.Gaps, gap => Assert.Equal(GapCode.PrivilegeNotApplicable, gap.Code));
        Assert.Same(rest, rest.WithoutPrivilege("FLY"));
    }

    [Fact]
    public void Without_all_privileges_what_it_would_have_replaced_stays()
    {
        var plan = Plan("ann:ALL", "ann:SELECT ann:MANAGE", "ann:SELECT ann:MANAGE");

        Assert.Equal("+ann:ALL -ann:MANAGE -ann:SELECT", Notation.Write(plan));
        Assert.Equal("-ann:MANAGE", Notation.Write(plan.WithoutPrivilege("ALL PRIVILEGES")));
    }

    [Theory]
    [InlineData("", "ann:SELECT", "ann:SELECT")] // one PATCH where it only removes
    [InlineData("ann:SELECT", "", "")] // or only adds
    [InlineData("ann:SELECT bob:SELECT", "ann:ALL eve:SELECT", "ann:ALL eve:SELECT")]
    public void A_plan_can_be_sent_as_removals_then_additions(string desired, string current, string ours)
    {
        var plan = Plan(desired, current, ours);
        var parts = plan.SplitRemoveThenAdd().Select(part => part.Changes).ToList();

        Assert.All(parts.SelectMany(part => part), change => Assert.True(change.Add.Count == 0 ^ change.Remove.Count == 0));
        Assert.All(parts, Assert.NotEmpty);
        Assert.Equal(
            plan.Changes.SelectMany(change => change.Remove.Select(privilege => (change.Principal, privilege))),
            parts.SelectMany(part => part).SelectMany(change => change.Remove.Select(privilege => (change.Principal, privilege))));
        Assert.Equal(
            plan.Changes.SelectMany(change => change.Add.Select(privilege => (change.Principal, privilege))),
            parts.SelectMany(part => part).SelectMany(change => change.Add.Select(privilege => (change.Principal, privilege))));
    }

    [Theory]
    [InlineData("ann@x.com:SELECT", true)]
    [InlineData("Ann@X.com:SELECT bob:SELECT", true)] // others do not matter, e-mails have no case
    [InlineData("", false)]
    [InlineData("bob:SELECT", false)]
    [InlineData("ann@x.com:SELECT ann@x.com:MODIFY", false)] // MODIFY was to go
    [InlineData("ann@x.com:ALL", false)] // what was added must be there itself
    public void A_read_shows_the_plan_when_additions_are_there_and_removals_are_not(string read, bool shows) =>
        Assert.Equal(shows, Plan("ann@x.com:SELECT", "ann@x.com:MODIFY", "ann@x.com:MODIFY").Shows(Notation.Current(read)));

    [Theory]
    [InlineData("", true)]
    [InlineData("sales/8:SELECT", true)]
    [InlineData("#7:SELECT", false)]
    public void The_grants_of_a_deleted_principal_must_be_gone_by_its_id(string read, bool shows) =>
        Assert.Equal(shows, Plan("", "#7:SELECT", "#7:SELECT").Shows(Notation.Current(read)));

    [Fact]
    public void A_deleted_principal_is_sent_by_its_id_and_nothing_else()
    {
        var change = Assert.Single(Plan("", "#7:SELECT", "#7:SELECT").Changes);

        Assert.Equal(("", 7L), (change.Principal, change.PrincipalId));
        Assert.Null(Assert.Single(Plan("", "sales/7:SELECT", "sales/7:SELECT").Changes).PrincipalId);
    }

    [Theory]
    [InlineData("MANAGED", "ann:MODIFY ann:SELECT", true)]
    [InlineData("MANAGED", "ann:SELECT", false)]
    [InlineData("VIEW", "ann:SELECT", false)] // cannot be told from a plain SELECT
    public void Added_all_privileges_may_show_as_what_they_stand_for(string kind, string read, bool shows)
    {
        var facts = new SecurableFacts(Securable.Table("main", "sales", "orders"), kind, null, null);
        var plan = GrantPlanner.Plan(new() { Facts = facts, Desired = Notation.Desired("ann:ALL"), Current = [] });

        Assert.Equal(shows, plan.Shows(Notation.Current(read)));
    }

    [Fact]
    public void A_removal_of_all_that_ALL_PRIVILEGES_stands_for_does_not_show_while_it_is_there()
    {
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Table, Desired = [], Current = Notation.Current("ann:MODIFY ann:SELECT"),
            Ledger = Notation.Owned("ann:MODIFY ann:SELECT", Notation.Table),
        });

        Assert.Equal("-ann:MODIFY -ann:SELECT", Notation.Write(plan));
        Assert.False(plan.Shows(Notation.Current("ann:MODIFY ann:SELECT")));
    }

    [Theory]
    [InlineData("ann:SELECT", "", true)]
    [InlineData("ann:MODIFY bob:SELECT", "", true)]
    [InlineData("ann:ALL", "", true)]
    [InlineData("ann:MODIFY", "", false)]
    [InlineData("", "ann:SELECT", false)]
    public void A_plan_lets_somebody_read_when_it_grants_SELECT_or_ALL_PRIVILEGES(string desired, string current, bool expected) =>
        Assert.Equal(expected, Plan(desired, current, current).GrantsSelect);

    [Fact]
    public void Parts_come_by_privilege_and_then_by_principal_whatever_the_order_of_the_policies() => Assert.Equal(
        ["bob MODIFY", "ann SELECT", "bob SELECT", "eve SELECT"],
        Plan("eve:SELECT bob:SELECT ann:SELECT bob:MODIFY", "", "").Parts.Select(part => $"{part.Principal} {part.Privilege}"));

    [Fact]
    public void Parts_that_are_refused_become_gaps_and_the_rest_stays()
    {
        var plan = Plan("ann:SELECT ann:EXT bob:SELECT", "eve:SELECT", "eve:SELECT");

        var rest = plan.Without(new Dictionary<PlanPart, string>
        {
            [new PlanPart("ann", "EXTERNAL_USE_SCHEMA", Grants: true)] = "not the owner",
            [new PlanPart("eve", "SELECT", Grants: false)] = "not the owner",
            [new PlanPart("eve", "SELECT", Grants: true)] = "not in the plan",
        });

        Assert.Equal("+ann:SELECT +bob:SELECT", Notation.Write(rest));
        Assert.All(rest.Gaps.Where(gap => gap.Detail.Contains("not the owner", StringComparison.Ordinal)), gap => Assert.Equal(GapCode.GrantRefused, gap.Code));
        Assert.Equal(
            [("ann", "EXTERNAL_USE_SCHEMA", GapDirection.Withheld), ("eve", "SELECT", GapDirection.Exposed)],
            rest.Gaps.Where(gap => gap.Code == GapCode.GrantRefused).Select(gap => (gap.Principal!, gap.Privilege!, gap.Direction)));
    }

    [Theory]
    [InlineData("ann:ALL", "ann:SELECT ann:MANAGE", "ann:SELECT ann:MANAGE", "-ann:MANAGE|+ann:ALL -ann:SELECT")] // what ALL supersedes goes with it
    [InlineData("ann:SELECT", "ann:ALL", "ann:ALL", "-ann:ALL|+ann:SELECT")]
    [InlineData("ann:SELECT bob:SELECT", "eve:SELECT", "eve:SELECT", "-eve:SELECT|+ann:SELECT|+bob:SELECT")]
    public void A_plan_is_the_sum_of_its_parts(string desired, string current, string ours, string parts)
    {
        var plan = Plan(desired, current, ours);

        Assert.Equal(parts.Split('|'), plan.Parts.OrderBy(part => part.Grants).Select(part => Notation.Write(plan.Only(new HashSet<PlanPart> { part }))));
    }

    private static GrantPlan Plan(
        string desired, string current, string ours, Func<DesiredGrant, DesiredGrant>? each = null) => GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = [.. Notation.Desired(desired).Select(each ?? (grant => grant))],
            Current = Notation.Current(current),
            Ledger = Notation.Owned(ours),
        });
}
