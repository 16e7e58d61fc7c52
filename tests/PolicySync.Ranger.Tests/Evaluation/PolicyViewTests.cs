using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class PolicyViewTests
{
    [Fact]
    public void A_view_shows_policies_for_the_resource_and_below_in_the_order_of_asking()
    {
        var view = Engine(
            Policy(1, "catalog=main;schema=sales;table=orders", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(2, "catalog=main;schema=sales;table=*", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(3, "catalog=main;schema=sales;table=orders;column=ssn", p => p.DenyPolicyItems = [Item("select", "ann")]),
            Policy(4, "catalog=main", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(5, "catalog=main;schema=hr;table=orders", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(6, "catalog=main;schema=sales;table=orders;column=*", p => p.PolicyPriority = 1))
            .ViewOf(Resource("catalog=main;schema=sales;table=orders"), Now);

        Assert.Equal(
            [
                (6L, ResourceMatch.SelfAndAllDescendants, "column", true),
                (3L, ResourceMatch.Descendant, "column", false),
                (2L, ResourceMatch.Self, "table", true),
                (1L, ResourceMatch.Self, "table", false),
            ],
            view.Access.Select(p => (p.Policy.Id!.Value, p.Match, p.DeepestName, p.DeepestIsAny)));
    }

    [Fact]
    public void A_policy_with_several_resource_sets_comes_once_with_every_set_that_matches()
    {
        var policy = Policy(1, "catalog=main;schema=hr;table=*", p => p.AdditionalResources =
            [Resources("catalog=main;schema=sales;table=orders;column=id"), Resources("catalog=main;schema=s*;table=o*")]);

        var matched = Assert.Single(Engine(policy).ViewOf(Resource("catalog=main;schema=sales;table=orders"), Now).Access);

        Assert.Equal(
            [(ResourceMatch.Self, "table"), (ResourceMatch.Descendant, "column")],
            matched.Sets.Select(s => (s.Match, s.DeepestName)));
        Assert.Same(policy.AdditionalResources[1], matched.MatchedResources);
    }

    [Fact]
    public void Only_policies_for_the_resource_itself_decide_about_it()
    {
        var view = Engine(
            Policy(1, "catalog=main", p => p.PolicyItems = [Item("select", "ann")]),
            Policy(2, "catalog=main;schema=hr;table=pay", p => p.DenyPolicyItems = [Item("select", "ann")]))
            .ViewOf(Resource("catalog=main"), Now);

        Assert.Equal(AccessVerdict.Allowed, view.Evaluate(User("ann"), "select").Verdict);
        Assert.Equal(AccessVerdict.Denied, view.Evaluate(User("ann"), "select", _ => true).Verdict);
        Assert.Equal(
            [AccessVerdict.Denied, AccessVerdict.Allowed],
            view.Access.Select(p => p.EvaluateAlone(User("ann"), "select").Verdict));
    }
}
