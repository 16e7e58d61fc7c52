using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.3: e-mails and application ids compare without case, groups with it; names are mapped first.</summary>
public sealed class Names
{
    private const string App = "2F1B6E1C-3A4D-4F5E-8B9A-0C1D2E3F4A5B";
    private const string AppInLowerCase = "2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b";

    [Theory]
    [InlineData("main.sales.orders +ANN@x.com:select", "users=Ann@X.com", "Ann@X.com:SELECT", "")] // sent as the directory has it
    [InlineData("main.sales.orders +#g:select -BOB@X.COM:select", "#g=bob,ann", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=BOB@X.COM,ann", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -%r:select", "#g=bob,ann %r=Bob@X.com", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select -#old:select", "#g=bob,ann store:BOB@X.com=#old", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +Bob@X.com:select -bob:select", "users=bob", "", "")]
    [InlineData("main.sales.orders +Bob@X.com:select; main.sales.* +bob:select", "users=bob", "bob:SELECT", "")]
    [InlineData("main.sales.orders +#G:select", "#g=ann #G=bob", "#G:SELECT", "")]
    [InlineData("main.sales.orders +ann:select -#G:select", "#g=ann #G=bob", "ann:SELECT", "")]
    [InlineData("main.sales.orders +" + App + ":select", "users=" + AppInLowerCase, AppInLowerCase + ":SELECT", "")]
    [InlineData("main.sales.orders +#g:select -" + AppInLowerCase + ":select", "#g=ann," + App, "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    public void Case_matters_for_groups_only(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +etl!:select", "users=etl@corp.io map:^etl$>=etl@corp.io", "")]
    [InlineData("main.sales.orders +ann:select -CORP\\ann!:select", "users=ann map:^CORP\\\\(.*)$>=$1@x.com", "")]
    public void Maps_rewrite_names_before_anything_compares_them(string policies, string world, string gaps)
    {
        var made = new World(policies, world.Replace(">=", "=", StringComparison.Ordinal));
        Assert.Equal(gaps, made.GapsOn(Desire.Table));
        Assert.Equal(policies.Contains('-') ? "" : "etl@corp.io:SELECT", made.GrantsOn(Desire.Table));
    }

    [Fact]
    public void Gaps_name_a_principal_as_the_policy_spells_it()
    {
        var gap = Assert.Single(new World("main.sales.orders -#h:select +GHOST@X.com:select", "#h=ann,?").StateOf(Desire.Table).Gaps);
        Assert.Equal("GHOST@X.com", gap.Principal);
    }

    [Theory]
    [InlineData("other.s.t +ghost@x.com:select; main.sales.orders -#h:select +GHOST@X.com:select", "GHOST@X.com")]
    [InlineData("other.s.t +GHOST@X.com:select; main.sales.orders -#h:select +ghost@x.com:select", "ghost@x.com")]
    public void Gaps_name_a_principal_as_their_own_policy_spells_it_whatever_others_say(string policies, string spelled) =>
        Assert.Equal(spelled, Assert.Single(new World(policies, "#h=ann,?").StateOf(Desire.Table).Gaps).Principal);

    [Theory]
    [InlineData("other.s.t +#public:select; main.sales.orders +#account_users:select -bob:select", "?GROUP_EXPANDED #account_users:SELECT 2")]
    [InlineData("other.s.t +#account_users:select; main.sales.orders +#public:select -bob:select", "?GROUP_EXPANDED #public:SELECT 2")]
    public void Everybody_is_called_as_the_gaps_own_policy_says(string policies, string gaps) =>
        Desire.Is(Desire.Table, policies, "users=ann,bob", "ann:SELECT", gaps);

    [Theory]
    [InlineData("main.sales.orders +#public:select -bob:select", "?GROUP_EXPANDED #public:SELECT 1")]
    [InlineData("main.sales.orders +#account_users:select -bob:select", "?GROUP_EXPANDED #account_users:SELECT 1")]
    public void Everybody_is_called_as_the_policies_say(string policies, string gaps) =>
        Desire.Is(Desire.Table, policies, "users=ann,bob", "ann:SELECT", gaps);

    [Theory]
    [InlineData("main.sales.orders +#g:select +g!:modify", "#g=ann", "#g:SELECT", "?PRINCIPAL_UNKNOWN #g:MODIFY 1")]
    [InlineData("main.sales.orders +etl!:select", "", "", "?PRINCIPAL_UNKNOWN etl!:SELECT 1")]
    [InlineData("main.sales.orders +#ann@x.com:select", "users=ann", "", "?PRINCIPAL_UNKNOWN ann:SELECT 1")]
    [InlineData("main.sales.orders +#team@x.com:select", "#team@x.com=ann", "team:SELECT", "")] // a group that really has such a name
    public void Nobody_is_taken_for_a_principal_of_the_other_sort(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    // Ranger compares names of objects as Java does: ı, I and i are one letter there, ſ and s, the Kelvin sign and k.
    [Theory]
    [InlineData("KAPALIÇARŞI")]
    [InlineData("KAPALI*")]
    [InlineData("kapalİçarşi")]
    [InlineData("?apaliçarşı")]
    public void A_deny_in_other_letters_that_Java_calls_the_same_holds(string denied) => Desire.Is(
        "k9.s.kapalıçarşı", $"k9.s.* +#g:select; k9.s.{denied} -u1:select", "#g=u1,u2 noUse", "u2:SELECT", "?GROUP_EXPANDED #g:SELECT 2");

    [Fact]
    public void A_deny_of_an_access_type_in_such_letters_holds() => Desire.Is(
        Desire.Table, "main.sales.orders +#g:select; main.sales.orders -ann:ſelect", "#g=ann,bob noUse", "bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2");

    [Fact]
    public void A_group_and_a_role_of_one_name_are_two() => Desire.Is(
        Desire.Table, "main.sales.orders +#all:select -#r:select; main.sales.* +%r:modify", "#all=ann,bob #r=ann %r=bob",
        "bob:MODIFY bob:SELECT", "?GROUP_EXPANDED #all:SELECT 1");
}
