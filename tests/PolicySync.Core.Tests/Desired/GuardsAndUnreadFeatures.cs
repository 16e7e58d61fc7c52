using PolicySync.Core.Tests.Desired.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.9: what is not built withholds and is told.</summary>
public sealed class GuardsAndUnreadFeatures
{
    private const string Directory = "#g=ann,bob users=cat";

    [Theory]
    [InlineData("main.*.* +ann:select,modify; main.sales.orders filter:ann=a<1", "ann:MODIFY", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders filter:cat=a<1", "ann:SELECT", "")]
    [InlineData("main.*.* +ann:select; main.sales.orders filter:ann= filter:#g=a<1", "ann:SELECT", "")] // the first decides
    [InlineData("main.*.* +ann:select; main.sales.orders filter:#g=a<1 filter:ann=", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.items filter:ann=a<1", "ann:SELECT", "")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:#public=MASK_NULL", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:{USER}=MASK_NULL", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:%r=MASK_NULL", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:ann=MASK_NONE mask:#public=MASK", "ann:SELECT", "")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:#public=MASK mask:ann=MASK_NONE", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.*.*.* mask:ann=MASK_NONE; main.sales.orders.id mask:#public=MASK", "ann:SELECT", "")] // covers every column
    [InlineData("main.*.* +ann:select; main.sales.orders.no mask:ann=MASK_NONE; main.sales.orders.id mask:#public=MASK", "", "?GUARD_UNAVAILABLE ann:SELECT 3")]
    [InlineData("main.*.* +#g:select; main.sales.orders.id mask:bob=MASK", "ann:SELECT", "?GROUP_EXPANDED #g:SELECT 2; ?GUARD_UNAVAILABLE bob:SELECT 2")]
    [InlineData("main.*.* +#g:select; main.sales.orders.id mask:#g=MASK", "", "?GUARD_UNAVAILABLE #g:SELECT 2")]
    [InlineData("main.*.* +#g:select; main.sales.orders.id mask:ghost=MASK", "#g:SELECT", "!PRINCIPAL_UNKNOWN ghost:SELECT 2")]
    [InlineData("main.*.* +ghost:select; main.sales.orders.id mask:#g=MASK", "", "?MEMBERSHIP_UNKNOWN ghost:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.sales.orders off filter:ann=a<1", "ann:SELECT", "")]
    public void Filters_and_masks_withhold_reading(string policies, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, Directory + " %r=ann", grants, gaps);

    [Theory]
    [InlineData("untold", Desire.Table, "", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 1; ?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData("tagged:main.sales.orders", Desire.Table, "", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 1; ?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData("tagged:main.sales", Desire.Table, "", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 1; ?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData("tagged:main.sales.orders.id", Desire.Table, "", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 1")]
    [InlineData("tagged:main.sales.items", Desire.Table, "#g:SELECT", "")]
    [InlineData("tagged:main.sales.orders", "main.sales", "#g:CREATE_TABLE #g:USE_SCHEMA", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 2")]
    [InlineData("zone:main.sales", Desire.Table, "", "?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData("zone:main.hr", Desire.Table, "#g:SELECT", "")]
    public void Tag_policies_and_zones_withhold_where_they_can_decide(string world, string securable, string grants, string gaps) => Desire.Is(
        securable, "main.sales.orders +#g:select; main.sales +#g:create_table,select", $"{Directory} {world}", grants, gaps);

    [Fact]
    public void A_zone_without_policies_of_ours_is_told_of_too() =>
        Desire.Is(Desire.Table, "main.hr.* +ann:select", "users=ann zone:main.sales", "", "?POLICY_FEATURE_UNSUPPORTED *:*");
}
