using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.1 and §3.2: whoever an item names gets what evaluation gives, and no more.</summary>
public sealed class WhoGetsWhat
{
    private const string Directory = "#g=ann,bob #h=cat users=dan";

    [Theory]
    [InlineData("main.sales.orders +ann:select", "ann:SELECT")]
    [InlineData("main.sales.orders +#g:select,modify", "#g:MODIFY #g:SELECT")]
    [InlineData("main.sales.orders +#public:select", "#account_users:SELECT")]
    [InlineData("main.sales.orders +#account_users:select", "#account_users:SELECT")]
    [InlineData("main.sales.orders +{USER}:select", "#account_users:SELECT")]
    [InlineData("main.sales.orders +ann:select; main.*.* +ann:modify", "ann:MODIFY ann:SELECT")]
    [InlineData("main.sales.orders +ann:SELECT,Apply_Tag", "ann:APPLY_TAG ann:SELECT")]
    [InlineData("main.sales.orders +ann:_read", "")] // a marker stands for privileges where the service definition has it
    [InlineData("other.sales.orders +ann:select", "")]
    [InlineData("main.sales.orders off +ann:select", "")]
    [InlineData("MAIN.Sales.ORDERS +ann:select", "ann:SELECT")]
    [InlineData("main.s*.ord??? +ann:select", "ann:SELECT")]
    [InlineData("main.!hr.* +ann:select", "ann:SELECT")]
    [InlineData("main.!sales|hr.* +ann:select", "")]
    [InlineData("main.hr.*/main.sales.o* +ann:select", "ann:SELECT")]
    public void A_principal_that_a_policy_names_gets_the_grant(string policies, string grants) => Desire.Is(Desire.Table, policies, Directory, grants, "");

    [Theory]
    [InlineData("main.sales.orders +ann:select -ann:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -ann:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -#g:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -#public:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -{USER}:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -ann:modify", "ann:SELECT")]
    [InlineData("main.sales.orders +ann:select; main.*.* -ann:all", "")]
    [InlineData("main.sales.orders +ann:select ~+ann:select", "")]
    [InlineData("main.sales.orders +ann:select ~+#g:select", "")]
    [InlineData("main.sales.orders +ann:select ~+ann:select; main.sales.* +ann:select", "ann:SELECT")]
    [InlineData("main.sales.orders +ann:select; main.sales.* -#g:select ~-ann:select", "ann:SELECT")]
    [InlineData("main.sales.orders +ann:select; main.sales.* -ann:select ~-#h:select", "")]
    [InlineData("main.sales.orders +ann:select; main.sales.* -#g:select ~-ann:modify", "")]
    [InlineData("main.sales.orders only +ann:select; main.sales.* +dan:select", "ann:SELECT")]
    [InlineData("main.sales.orders only +ann:select; main.sales.* +ann:modify", "ann:SELECT")] // else means every other access too
    [InlineData("main.sales.orders override +ann:select; main.*.* -ann:select", "ann:SELECT")]
    [InlineData("main.sales.orders +ann:select; main.*.* override -ann:select", "")]
    [InlineData("main.sales.orders override +ann:select -#g:select; main.*.* +ann:select", "")]
    [InlineData("main -ann:select; main.sales.orders +ann:select", "ann:SELECT")] // Ranger does not inherit, denies neither
    public void Evaluation_decides(string policies, string grants) => Desire.Grants(Desire.Table, policies, Directory, grants);

    [Fact]
    public void A_user_gets_no_second_grant_for_what_a_group_gets() =>
        Desire.Is(Desire.Table, "main.sales.orders +#g:select; main.*.* +ann:modify", Directory, "#g:SELECT ann:MODIFY", "");

    [Fact]
    public void A_group_gets_no_second_grant_for_what_everybody_gets() =>
        Desire.Is(Desire.Table, "main.sales.orders +#public:select +#g:modify", Directory, "#account_users:SELECT #g:MODIFY", "");

    [Fact]
    public void A_member_of_a_denied_group_who_is_let_back_in_gets_it_singly() => Desire.Is(
        Desire.Table, "main.sales.orders +#g:select -#g:select ~-bob:select", Directory, "bob:SELECT", "?GROUP_EXPANDED #g:SELECT 1");

    [Fact]
    public void A_member_of_a_denied_group_with_unknown_members_who_is_let_back_in_gets_it_singly() => Desire.Is(
        Desire.Table, "main.sales.orders +#k:select -#k:select ~-ann:select", "#k=ann,?", "ann:SELECT", "?MEMBERSHIP_UNKNOWN #k:SELECT 1");

    [Fact]
    public void Each_grant_names_the_policy_that_gives_it()
    {
        var grants = new World("main.sales.orders +ann:select; main.*.* +#g:modify", Directory).StateOf(Desire.Table).Grants;
        Assert.Equal([("ann@x.com", 1L, "p1"), ("g", 2L, "p2")], grants.Select(grant => (grant.Principal, grant.PolicyId!.Value, grant.PolicyName!)).Order());
    }
}
