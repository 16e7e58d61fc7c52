using PolicySync.Core.Tests.Desired.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.4. Each row: policies, world, grants and gaps on <c>main.sales.orders</c>.</summary>
public sealed class GroupsWithDeniedMembers
{
    private const string Table = "main.sales.orders";

    [Theory]
    [InlineData("main.sales.orders +#g:select", "#g=ann,bob", "#g:SELECT", "")]
    [InlineData("main.sales.orders +#g:select -bob:select", "#g=ann,bob,cat", "ann:SELECT cat:SELECT", "?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.sales.orders +#g:select; main.sales.orders -bob:select", "#g=ann,bob", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    public void A_group_gets_what_no_member_is_denied(string policies, string world, string grants, string gaps)
    {
        var made = new World(policies, world);
        Assert.Equal(grants, made.GrantsOn(Table));
        Assert.Equal(gaps, made.GapsOn(Table));
    }
}
