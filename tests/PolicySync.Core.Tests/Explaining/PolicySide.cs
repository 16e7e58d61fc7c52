using PolicySync.Core.Explaining;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Explaining;

/// <summary>What an explanation says of policies: the decision, the policy and the item that made it, and the way to the principal.</summary>
public sealed class PolicySide
{
    private const string Directory = "#sales=ann,#eu #eu=bob #leavers=cat users=dan";

    [Fact]
    public void A_denied_member_of_a_granted_group_is_told_the_deny_and_what_became_of_the_group()
    {
        var explained = Explained.Of("main.sales.* +#sales:select -bob:select", Directory, "bob");

        Assert.Equal((PolicyAnswer.NotAllowed, ExplainedVerdict.Denied, 1), (explained.Policy.Decision, explained.Policy.Verdict, explained.Policy.PolicyId));
        Assert.Equal("policy does not give bob@x.com SELECT on table main.sales.orders: policy `p1` denies it to `bob@x.com`", explained.Summary);
        Assert.Equal(["DENY 0 USER bob@x.com"], Assert.Single(explained.Policy.Steps).Items.Select(Explained.Show));
        Assert.Equal([(GapCode.GroupExpanded, "sales")], explained.Gaps.Select(gap => (gap.Code, gap.Principal)));
        Assert.Empty(explained.Policy.Grants);
    }

    [Fact]
    public void Another_member_of_that_group_has_it_by_a_grant_of_its_own()
    {
        var explained = Explained.Of("main.sales.* +#sales:select -bob:select", Directory, "ann");

        Assert.Equal(PolicyAnswer.Allowed, explained.Policy.Decision);
        Assert.Equal(["ALLOW 0 GROUP sales (sales)"], Assert.Single(explained.Policy.Steps).Items.Select(Explained.Show));
        Assert.Equal([("ann@x.com", 0)], explained.Policy.Grants.Select(grant => (grant.Principal, grant.Path.Count)));
    }

    [Fact]
    public void A_group_with_a_denied_member_is_withheld_and_the_gap_says_why()
    {
        var explained = Explained.Of("main.sales.* +#sales:select -bob:select", Directory, "#sales");

        Assert.Equal((PolicyAnswer.Withheld, GapCode.GroupExpanded, ExplainedVerdict.Allowed), (explained.Policy.Decision, explained.Policy.Code, explained.Policy.Verdict));
        Assert.Contains("because `bob@x.com` by policy `p1` must not have it", explained.Policy.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_in_groups_are_shown_step_by_step()
    {
        var explained = Explained.Of("main.sales.* +#sales:select", Directory, "bob");

        Assert.Equal(["ALLOW 0 GROUP sales (eu > sales)"], explained.Policy.Steps[0].Items.Select(Explained.Show));
        Assert.Equal([("sales", "eu > sales")], explained.Policy.Grants.Select(grant => (grant.Principal, Explained.Show(grant.Path))));
    }

    [Theory]
    [InlineData("%readers=#eu", "ALLOW 0 ROLE readers (eu > role readers)")]
    [InlineData("%readers=%inner %inner=#sales", "ALLOW 0 ROLE readers (eu > sales > role inner > role readers)")]
    [InlineData("%readers=bob", "ALLOW 0 ROLE readers (role readers)")]
    [InlineData("%readers=#old store:bob=#old", "ALLOW 0 ROLE readers (ranger old > role readers)")]
    public void A_role_is_shown_with_the_way_to_it(string roles, string item) => Assert.Equal(
        [item], Explained.Of("main.sales.* +%readers:select", $"{Directory} {roles}", "bob").Policy.Steps[0].Items.Select(Explained.Show));

    [Fact]
    public void A_group_that_only_ranger_knows_gives_no_grant()
    {
        var explained = Explained.Of("main.sales.* +#sales:select", $"{Directory} store:dan=#sales", "dan");

        Assert.Equal((PolicyAnswer.Withheld, GapCode.MembershipUnknown), (explained.Policy.Decision, explained.Policy.Code));
        Assert.Equal(["ALLOW 0 GROUP sales (ranger sales)"], explained.Policy.Steps[0].Items.Select(Explained.Show));
    }

    [Fact]
    public void A_deny_exception_is_shown_with_the_deny_that_it_cancels()
    {
        var explained = Explained.Of("main.sales.* +#sales:select -#eu:select ~-bob:select", Directory, "bob");

        Assert.Equal(PolicyAnswer.Allowed, explained.Policy.Decision);
        Assert.Equal(["DENY 0 GROUP eu (eu)", "DENY_EXCEPTION 0 USER bob@x.com", "ALLOW 0 GROUP sales (eu > sales)"], explained.Policy.Steps[0].Items.Select(Explained.Show));
    }

    [Fact]
    public void An_allow_exception_is_the_reason_where_it_takes_the_access_back()
    {
        var explained = Explained.Of("main.sales.* +#public:select ~+#leavers:select", Directory, "cat");

        Assert.Equal(ExplainedVerdict.None, explained.Policy.Verdict);
        Assert.Equal("an exception of policy `p1` takes it back to group `leavers`", explained.Policy.Reason);
    }

    [Fact]
    public void A_tag_policy_that_decides_is_named_with_its_tag_and_the_tagged_object()
    {
        var explained = Explained.Of("main.sales.* +ann:select; tag:pii -ann:select", $"{Directory} tag:main.sales=pii", "ann");

        Assert.Equal((ExplainedVerdict.Denied, 2L, ExplainedEnd.DeniedByTag), (explained.Policy.Verdict, explained.Policy.PolicyId, explained.Policy.End));
        Assert.Equal("policy `p2` for tag `pii` denies it to `ann@x.com`", explained.Policy.Reason);
        Assert.Equal([("pii", "main.sales", ExplainedMatch.Above, true), (null, null, ExplainedMatch.Self, false)],
            explained.Policy.Steps.Select(step => (step.Tag, step.TaggedObject, step.Match, step.Asked)));
    }

    [Fact]
    public void A_policy_of_a_higher_priority_leaves_the_deny_unasked()
    {
        var explained = Explained.Of("main.sales.* -ann:select; main.*.* +ann:select override", Directory, "ann");

        Assert.Equal((PolicyAnswer.Allowed, 2L, ExplainedEnd.Allowed), (explained.Policy.Decision, explained.Policy.PolicyId, explained.Policy.End));
        Assert.Equal([(2L, 1, true, true), (1L, 0, false, false)],
            explained.Policy.Steps.Select(step => (step.PolicyId!.Value, step.Priority, step.Asked, step.Decides)));
    }

    [Theory]
    [InlineData("main.sales.* +ann:select until:2026-11-01", "", ExplainedAbsence.OutsideSchedule, null, null)]
    [InlineData("main.sales.* +ann:select off", "", ExplainedAbsence.Disabled, null, null)]
    [InlineData("main.sales.* +ann:select", "zone:z=main.sales", ExplainedAbsence.OtherZone, null, "z")]
    [InlineData("tag:pii +ann:select", "tag:main.sales=pii@2026-11-01", ExplainedAbsence.TagOutsideSchedule, "pii", null)]
    public void A_policy_that_does_not_count_is_listed_with_the_reason_and_what_it_would_say(
        string policies, string world, ExplainedAbsence reason, string? tag, string? zone)
    {
        var explained = Explained.Of(policies, $"{Directory} {world}", "ann");

        Assert.Equal((PolicyAnswer.NotAllowed, zone), (explained.Policy.Decision, explained.Policy.Zone));
        Assert.Equal([(1L, reason, tag, ExplainedVerdict.Allowed)],
            explained.Policy.NotAsked.Select(found => (found.PolicyId!.Value, found.Reason, found.Tag, found.WouldSay)));
        Assert.Equal("no policy that names table main.sales.orders allows it", explained.Policy.Reason);
    }

    [Fact]
    public void A_condition_that_cannot_be_evaluated_counts_against_access_and_says_so()
    {
        var explained = Explained.Of("main.sales.* +ann:select?", Directory, "ann");

        var item = Assert.Single(explained.Policy.Steps[0].Items);
        Assert.Equal((PolicyAnswer.NotAllowed, ExplainedTruth.Unknown, false), (explained.Policy.Decision, item.Holds, item.Applies));
        Assert.Equal("condition `moon-phase` is not defined by the service", Assert.Single(item.Conditions).Description);
        Assert.Contains("cannot be evaluated, which counts against access", explained.Policy.Reason, StringComparison.Ordinal);
        Assert.Contains(explained.Gaps, gap => gap.Code == GapCode.ConditionUnsupported);
    }

    [Fact]
    public void A_grant_that_would_reach_something_denied_below_is_withheld_with_that_policy()
    {
        var explained = Explained.Of("main +ann:select; main.hr.* -ann:select", $"{Directory} noUse", "ann", securable: "main");

        Assert.Equal((PolicyAnswer.Withheld, GapCode.ContainerWithheld, ExplainedVerdict.Allowed), (explained.Policy.Decision, explained.Policy.Code, explained.Policy.Verdict));
        Assert.Equal("policy `p2` denies it on something below, which a grant here would reach", explained.Policy.Reason);
    }

    [Fact]
    public void What_only_the_owner_is_given_is_no_grant()
    {
        var explained = Explained.Of("main.sales.* +{OWNER}:select", $"{Directory} owner=ann", "ann");

        Assert.Equal((PolicyAnswer.NotAllowed, ExplainedVerdict.Allowed), (explained.Policy.Decision, explained.Policy.Verdict));
        Assert.Equal("policy `p1` allows it only to the owner, which no grant can express", explained.Policy.Reason);
        Assert.Contains(explained.Gaps, gap => gap.Code == GapCode.OwnerMacro);
        Assert.Equal("ann@x.com", explained.Securable.Owner);
    }

    [Fact]
    public void A_privilege_that_comes_with_another_names_the_grant_that_brings_it()
    {
        var explained = Explained.Of("main.sales.* +#sales:all", Directory, "ann", "SELECT");

        Assert.Equal([("sales", "ALL_PRIVILEGES", 1L)], explained.Policy.Grants.Select(grant => (grant.Principal, grant.Privilege, grant.PolicyId!.Value)));
        Assert.Equal(PolicyAnswer.Allowed, explained.Policy.Decision);
    }
}
