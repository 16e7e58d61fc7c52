using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.9: what is not built withholds and is told.</summary>
public sealed class GuardsAndUntoldTags
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
    [InlineData(Desire.Table, "untold", "", "?POLICY_FEATURE_UNSUPPORTED #g:SELECT 1; ?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData("main.sales", "untold", "", "?POLICY_FEATURE_UNSUPPORTED #g:CREATE_TABLE 2; ?POLICY_FEATURE_UNSUPPORTED #g:USE_SCHEMA 2; ?POLICY_FEATURE_UNSUPPORTED *:*")]
    [InlineData(Desire.Table, "untold looked", "#g:SELECT", "")] // somebody else says what is tagged
    [InlineData(Desire.Table, "", "#g:SELECT", "")]
    public void Tag_policies_withhold_everything_where_nobody_says_what_is_tagged(string securable, string world, string grants, string gaps) => Desire.Is(
        securable, "main.sales.orders +#g:select; main.sales +#g:create_table; tag:pii -ann:select", $"{Directory} {world}", grants, gaps);

    [Fact]
    public void Tag_policies_that_are_off_withhold_nothing() =>
        Desire.Is(Desire.Table, "main.sales.orders +#g:select; tag:pii off -ann:select", $"{Directory} untold", "#g:SELECT", "");
}
