using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.4: a group gets a privilege only if no member is denied it.</summary>
public sealed class GroupsWithDeniedMembers
{
    [Theory]
    [InlineData("main.sales.orders +#g:select", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select", "#g=ann,?", "#g:SELECT", "")] // no deny: no member is looked at
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,bob,cat", "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select; main.*.* -bob:select", "#g=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,#h #h=#k #k=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -#k:select", "#g=ann,#h #h=#k #k=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#h:select -#g:select", "#g=ann,#h #h=bob", "", "")] // denied as part of what contains it
    [InlineData("main.sales.orders +#g:select -#h:select", "#g=ann,bob #h=bob,cat", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -%r:select", "#g=ann,bob %r=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -%r:select", "#g=ann,bob %r=%s %s=#h #h=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -#old:select", "#g=ann,bob store:bob=#old", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select ~+bob:select", "#g=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT")]
    [InlineData("main.sales.orders +#g:select ~+#h:select", "#g=ann,#h #h=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT")]
    [InlineData("main.sales.orders +#g:select -bob:modify", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -bob:all", "#g=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -cat:select", "#g=ann,bob users=cat", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -bob:select ~-bob:select", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -#h:select ~-bob:select", "#g=ann,bob,cat #h=bob,cat", "ann:SELECT bob:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders only +ann:select; main.sales.* +#g:select", "#g=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders only +#g:select; main.sales.* +#g:select", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders override +#g:select; main.sales.* -bob:select", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=bob", "", "?GROUP_WITHHELD #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -{USER}:select", "#g=ann", "", "")]
    [InlineData("main.sales.orders +#public:select -bob:select", "#g=ann,bob users=cat", "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #public:SELECT 1")]
    [InlineData("main.sales.orders +#public:select -#g:select", "#g=ann,bob users=cat", "cat:SELECT", "?GROUP_EXPANDED #public:SELECT 1")]
    [InlineData("main.sales.orders +{USER}:select -bob:select", "users=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #account_users:SELECT 1")]
    public void A_group_gets_what_no_member_is_denied(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData(0, "", "?GROUP_WITHHELD #g:SELECT 1")]
    [InlineData(1, "", "?GROUP_WITHHELD #g:SELECT 1")]
    [InlineData(2, "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData(3, "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    public void A_group_is_expanded_to_so_many_members_and_no_more(int expandUpTo, string grants, string gaps) => Desire.Is(
        Desire.Table, "main.sales.orders +#g:select -bob:select", $"#g=ann,bob,cat expand={expandUpTo}", grants, gaps);

    [Fact]
    public void The_gap_says_who_is_denied_and_why()
    {
        var gap = Assert.Single(new World("main.sales.orders +#g:select -Bob@X.com:select", "#g=ann,bob").StateOf(Desire.Table).Gaps);
        Assert.Equal("not granted to group `g`, because `Bob@X.com` by policy `p1` must not have it; its 1 other members have it individually", gap.Detail);
    }

    [Theory]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,? users=bob", "", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,#h #h=? users=bob", "", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +#gone:select -bob:select", "users=bob", "", "?MEMBERSHIP_UNKNOWN #gone:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -bob:modify", "#g=ann,?", "#g:SELECT", "!PRINCIPAL_UNKNOWN bob:MODIFY 1")]
    [InlineData("main.sales.orders +#public:select -#h:select", "users=ann #h=ann,?", "", "?MEMBERSHIP_UNKNOWN #public:SELECT 1")]
    [InlineData("main.sales.orders +#public:select -%r:select", "users=ann #h=? %r=#h", "", "?MEMBERSHIP_UNKNOWN #public:SELECT 1")]
    [InlineData("main.sales.orders +ghost:select -#g:select", "#g=ann", "", "?MEMBERSHIP_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.sales.orders +ghost:select -%r:select", "%r=ann users=ann", "", "?MEMBERSHIP_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.sales.orders +ghost:select -ann:select", "users=ann", "ghost:SELECT", "")]
    [InlineData("main.sales.orders +ghost:select -#public:select ~-ghost:select", "users=ann", "ghost:SELECT", "")]
    [InlineData("main.sales.orders only +ghost:select", "users=ann", "ghost:SELECT", "")] // groups could only let it in further
    public void Nothing_is_given_while_a_deny_may_concern_somebody_unlisted(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +#g:select -#h:select", "#g=ann,bob #h=??", "", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +ann:select -#h:select", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +ann:select -#k:select", "users=ann #k=#h #h=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")] // nested in what is denied
    [InlineData("main.sales.orders +ann:select -%r:select", "users=ann #h=?? %r=#h", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +ann:select -#local:select", "users=ann #local!=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +ann:select ~+#h:select", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +ann:select; main.*.* -#h:select", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +#public:select -#h:select", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN #public:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=?? users=bob", "", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,#h #h=?? users=bob", "", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +ann:select; main.sales.orders filter:#h=x", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +#h:select", "#h=??", "#h:SELECT", "")] // no deny: no member is looked at
    [InlineData("main.sales.orders +ann:select -#h:modify", "users=ann #h=??", "ann:SELECT", "")]
    [InlineData("main.sales.orders only +ann:select +#h:select", "users=ann #h=??", "ann:SELECT", "?MEMBERSHIP_UNKNOWN #h:SELECT 1")]
    [InlineData("main.sales.orders +#public:select -#public:select ~-#h:select", "users=ann #h=??", "", "?MEMBERSHIP_UNKNOWN #h:SELECT 1")]
    public void Nothing_is_given_while_nobody_says_who_is_in_a_denied_group(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +ghost:select", "", "ghost:SELECT", "")] // Unity Catalog answers whether it exists
    [InlineData("main.sales.orders +#gone:select", "", "#gone:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -ghost:select", "#g=ann", "#g:SELECT", "!PRINCIPAL_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.sales.orders +#g:select ~+ghost:select", "#g=ann", "#g:SELECT", "!PRINCIPAL_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -#gone:select", "#g=ann", "#g:SELECT", "!PRINCIPAL_UNKNOWN #gone:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -%gone:select", "#g=ann", "#g:SELECT", "!PRINCIPAL_UNKNOWN %gone:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -%r:select", "#g=ann %r=ghost", "#g:SELECT", "!PRINCIPAL_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -#old:select", "#g=ann users=bob store:bob=#old", "#g:SELECT", "")] // Ranger knows who that is
    [InlineData("main.sales.orders +#g:select -#old:select", "#g=ann store:zed=#old", "#g:SELECT", "!PRINCIPAL_UNKNOWN #old:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -ghost:select,modify", "#g=ann", "#g:SELECT", "!PRINCIPAL_UNKNOWN ghost:* 1")]
    public void A_principal_that_the_directory_does_not_list_is_a_gap(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +#local:select", "#local!=ann", "", "?PRINCIPAL_LOCAL #local:SELECT 1")]
    [InlineData("main.sales.orders +#local:select -ann:select", "#local!=ann,bob", "", "?PRINCIPAL_LOCAL #local:SELECT 1")]
    [InlineData("main.sales.orders +#local:select -#local:select", "#local!=ann,bob", "", "")]
    [InlineData("main.sales.orders +#g:select -#local:select", "#g=ann,bob #local!=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    public void A_workspace_group_gets_no_grant_but_its_denies_hold(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +#g:select", "#g=ann users=bob store:bob=#g", "#g:SELECT", "?MEMBERSHIP_UNKNOWN #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select +bob:select", "#g=ann users=bob store:bob=#g", "#g:SELECT bob:SELECT", "")]
    [InlineData("main.sales.orders +#g:select", "#g=ann store:zed=#g", "#g:SELECT", "")] // nobody of Databricks
    public void A_membership_that_only_Ranger_knows_is_a_gap(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);
}
