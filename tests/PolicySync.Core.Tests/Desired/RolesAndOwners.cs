using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.10: roles become their members; <c>{OWNER}</c> cannot be said as a grant.</summary>
public sealed class RolesAndOwners
{
    [Theory]
    [InlineData("main.*.* +%r:select", "%r=ann,#g #g=bob users=ann", "#g:SELECT ann:SELECT", "")]
    [InlineData("main.*.* +%r:select", "%r=%s %s=ann,%t %t=#g #g=bob users=ann", "#g:SELECT ann:SELECT", "")]
    [InlineData("main.*.* +%r:select", "%r=%s %s=%r,ann users=ann", "ann:SELECT", "")] // a circle
    [InlineData("main.*.* +%r:select", "%r=#public", "#account_users:SELECT", "")]
    [InlineData("main.*.* +%gone:select", "", "", "")]
    [InlineData("main.*.* +%r:select -ann:select", "%r=ann,bob users=ann,bob", "bob:SELECT", "")]
    [InlineData("main.*.* +%r:select -%s:select", "%r=ann,bob %s=bob users=ann,bob", "ann:SELECT", "")]
    [InlineData("main.*.* +#g:select ~+%r:select", "#g=ann,bob %r=bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT")]
    [InlineData("main.*.* +%r:select", "%r=ann,bob #r=ann,bob", "ann:SELECT bob:SELECT", "")]
    [InlineData("main.*.* +%r:select", "%r=ann,bob #r=ann,bob rolesAsGroups", "#r:SELECT", "")]
    [InlineData("main.*.* +%r:select", "%r=ann,bob users=ann,bob rolesAsGroups", "ann:SELECT bob:SELECT", "")] // there is no such group
    [InlineData("main.*.* +%r:select", "%r=ann #r!=ann rolesAsGroups", "ann:SELECT", "")]
    [InlineData("main.*.* +%r:select -bob:select", "%r=ann,bob #r=ann,bob rolesAsGroups", "ann:SELECT", "?GROUP_EXPANDED #r:SELECT 1")]
    [InlineData("main.*.* +#g:select -%r:select", "#g=ann,bob #r=bob %r=cat rolesAsGroups users=cat", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.*.* +%r:select", "%r=ann,bob #r=ann users=bob rolesAsGroups", "#r:SELECT", "?MEMBERSHIP_UNKNOWN #r:SELECT 1")]
    public void Roles_become_their_members(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.*.* +{OWNER}:select", "owner=ann users=ann", "", "?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("main.*.* +{OWNER}:select,modify", "owner=ann users=ann", "", "?OWNER_MACRO {OWNER}:MODIFY 1; ?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("main.*.* +{OWNER}:select; main.*.* +ann:modify", "owner=ann users=ann", "ann:MODIFY", "?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("main.*.* +{OWNER},bob:select", "owner=ann users=ann,bob", "bob:SELECT", "?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("main.*.* -{OWNER}:select; main.*.* +#g:select", "owner=ann #g=ann,bob", "bob:SELECT",
        "!OWNER_ACCESS ann:SELECT 1; !OWNER_MACRO {OWNER}:SELECT 1; ?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.*.* -#g:select ~-{OWNER}:select", "owner=ann #g=ann", "", "")] // would outlive the ownership
    public void The_owner_macro_is_told_of(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, world, grants, gaps);

    [Theory]
    [InlineData("main.*.* -ann:select", "owner=Ann@X.com users=ann", "!OWNER_ACCESS Ann@X.com:SELECT 1")]
    [InlineData("main.*.* -#g:select", "owner=ann #g=ann", "!OWNER_ACCESS ann:SELECT 1")]
    [InlineData("main.*.* -bob:select", "owner=ann users=ann,bob", "")]
    [InlineData("main.*.* -ann:create_schema", "owner=ann users=ann", "")]
    [InlineData("main.*.* -#g:select", "owner=#g #g=ann", "!OWNER_ACCESS #g:SELECT 1")]
    [InlineData("main.*.* -ann:select", "owner=#g #g=ann,bob", "!OWNER_ACCESS #g:SELECT 1")]
    [InlineData("main.*.* -ann:select", "owner=#g #g=bob,? users=ann", "!OWNER_ACCESS #g:SELECT")]
    [InlineData("main.*.* only -bob:select", "owner=ann users=ann,bob", "!OWNER_ACCESS ann:ALL 1; !OWNER_ACCESS ann:MANAGE 1; !OWNER_ACCESS ann:SELECT 1")]
    [InlineData("main.sales.orders filter:ann=a<1", "owner=ann users=ann", "!OWNER_ACCESS ann:SELECT 1")]
    [InlineData("main.sales.orders filter:ann=a<1", "owner=#g #g=bob,? users=ann", "!OWNER_ACCESS #g:SELECT")]
    [InlineData("main.*.* -ann:select; main.*.* override +ann:select", "owner=ann users=ann", "")]
    public void An_owner_has_what_policy_denies(string policies, string world, string gaps) =>
        Assert.Equal(gaps, new World(policies, world).GapsOn(Desire.Table));
}
