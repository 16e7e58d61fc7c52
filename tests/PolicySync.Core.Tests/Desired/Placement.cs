using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.5: a grant goes on the securable whose level the policy names.</summary>
public sealed class Placement
{
    private const string Directory = "#g=ann,bob users=cat noUse";

    [Theory]
    [InlineData("main.sales.orders", "main.*.* +#g:select", "#g:SELECT", "")]
    [InlineData("main.sales", "main.*.* +#g:select", "", "")]
    [InlineData("main", "main.*.* +#g:select", "", "")]
    [InlineData("main", "main +#g:select", "#g:SELECT", "!INHERITED_ACCESS #g:SELECT 1")]
    [InlineData("main.sales", "main +#g:select", "", "")]
    [InlineData("main.sales.orders", "main +#g:select", "", "")]
    [InlineData("main.sales", "main.* +#g:select", "#g:SELECT", "!INHERITED_ACCESS #g:SELECT 1")]
    [InlineData("main", "main.* +#g:select", "", "")]
    [InlineData("main", "* +#g:create_schema", "#g:CREATE_SCHEMA", "")] // reaches nothing below
    [InlineData("main", "main +#g:create_table", "#g:CREATE_TABLE", "!INHERITED_ACCESS #g:CREATE_TABLE 1")]
    [InlineData("main", "main +#g:use_catalog,use_schema", "#g:USE_CATALOG #g:USE_SCHEMA", "!INHERITED_ACCESS #g:USE_SCHEMA 1")]
    [InlineData("main.sales", "main.sales +#g:use_schema", "#g:USE_SCHEMA", "")]
    [InlineData("main", "main +#g:manage", "#g:MANAGE", "!INHERITED_ACCESS #g:MANAGE 1")]
    [InlineData("main.sales.orders", "main.sales.orders.* +#g:select", "#g:SELECT", "")]
    [InlineData("main.sales", "main.sales.orders.* +#g:select", "", "")]
    [InlineData("main.sales.orders", "main.sales.orders.id +#g:select", "", "?COLUMN_NOT_EXPRESSIBLE #g:SELECT 1")]
    [InlineData("main.sales.orders", "main.sales.orders.!id +#g:select", "", "?COLUMN_NOT_EXPRESSIBLE #g:SELECT 1")]
    [InlineData("main.sales.orders", "main.sales.orders.id +#g:select; main.*.* +#g:select", "#g:SELECT", "")]
    [InlineData("main.sales.orders", "main.sales.orders.id +ann:select; main.*.* +#g:select", "#g:SELECT", "")]
    [InlineData("main.sales.orders", "main/main.sales.orders +#g:select", "#g:SELECT", "")]
    [InlineData("main", "main/main.sales.orders +#g:select", "#g:SELECT", "!INHERITED_ACCESS #g:SELECT 1")]
    [InlineData("main.sales", "main/main.sales.orders +#g:select", "", "")]
    [InlineData("main.sales.orders", "main.sales.orders.id/main.sales.orders +#g:select", "#g:SELECT", "")]
    [InlineData("fn:main.sales.f", "fn:main.*.* +#g:execute", "#g:EXECUTE", "")]
    [InlineData("fn:main.sales.f", "main.*.* +#g:execute", "", "")]
    [InlineData("vol:main.sales.v", "vol:main.sales.v +#g:read_volume,write_volume", "#g:READ_VOLUME #g:WRITE_VOLUME", "")]
    [InlineData("model:main.sales.m", "model:main.sales.* +#g:execute,create_model_version", "#g:CREATE_MODEL_VERSION #g:EXECUTE", "")]
    [InlineData("fn:main.sales.m", "model:main.sales.* +#g:execute", "", "")]
    public void A_grant_stands_where_the_policy_names(string securable, string policies, string grants, string gaps) =>
        Desire.Is(securable, policies, Directory, grants, gaps);

    [Theory]
    [InlineData("main", "main +#g:select; main.sales.orders -bob:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1; ?CONTAINER_WITHHELD bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "main +#g:select; main.*.nosuch -bob:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1; ?CONTAINER_WITHHELD bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "main +#g:select; main.sales.orders.id -bob:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1; ?CONTAINER_WITHHELD bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "main +#g:select; main.sales.orders +#g:select ~+bob:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1; ?CONTAINER_WITHHELD bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "main +#g:select; main.sales.orders only +ann:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1; ?CONTAINER_WITHHELD #g:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "main +ann:select; main.*.* override -ann:select ~-ann:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main", "main override +ann:select; main.sales.orders -ann:select", "", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("main", "main override +ann:select; main/main.sales.orders -ann:select", "", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("main", "main +ann:select; other.*.* -ann:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main", "main +ann:select; main.*.* -ann:modify", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main", "main +ann:select; main.sales.orders filter:ann=a<1", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main", "main +ann:select; main.sales.orders.id mask:ann=MASK", "", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main", "main +ann:select; main.sales.orders.id mask:ann=MASK_NONE mask:#public=MASK", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main", "main +ann:create_table; main.sales.orders -ann:all", "ann:CREATE_TABLE", "!INHERITED_ACCESS ann:CREATE_TABLE 1")] // no table has it
    [InlineData("main", "main +ann:create_table; main.sales -ann:all", "", "?CONTAINER_WITHHELD ann:CREATE_TABLE 2")]
    [InlineData("main", "main +ann:execute; main.sales.orders only +cat:select", "ann:EXECUTE", "!INHERITED_ACCESS ann:EXECUTE 1")]
    [InlineData("main", "main +ann:browse; main.sales.orders -ann:browse", "", "?CONTAINER_WITHHELD ann:BROWSE 2")]
    [InlineData("main.sales", "main.sales +ann:select; main.sales.orders -ann:select", "", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("main.sales.orders", "main.sales.orders +#g:select; main.sales.orders.id -bob:select", "ann:SELECT", "?COLUMN_NOT_EXPRESSIBLE bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main.sales.orders", "main.sales.orders override +ann:select; main.sales.orders.id -ann:select", "", "?COLUMN_NOT_EXPRESSIBLE ann:SELECT 2")]
    public void A_grant_reaches_nothing_that_is_taken_away_below(string securable, string policies, string grants, string gaps) =>
        Desire.Is(securable, policies, Directory, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders", "MANAGED", "main.*.* +ann:select,refresh", "ann:SELECT", "?PRIVILEGE_NOT_APPLICABLE ann:REFRESH 1")]
    [InlineData("main.sales.orders", "VIEW", "main.*.* +#g:select,modify", "#g:SELECT", "?PRIVILEGE_NOT_APPLICABLE #g:MODIFY 1")]
    [InlineData("main.sales.orders", "VIEW", "main.*.* +#g:select,modify -#g:modify", "#g:SELECT", "")] // not given anyway
    [InlineData("main.sales.orders", "MATERIALIZED_VIEW", "main.*.* +ann:refresh", "ann:REFRESH", "")]
    [InlineData("fn:main.sales.f", "FUNCTION", "fn:main.sales.f +ann:execute,apply_tag", "ann:EXECUTE", "?PRIVILEGE_NOT_APPLICABLE ann:APPLY_TAG 1")]
    [InlineData("main.sales", "SCHEMA", "main.sales +ann:create_schema", "", "?PRIVILEGE_NOT_APPLICABLE ann:CREATE_SCHEMA 1")]
    public void What_the_kind_does_not_have_is_told_and_the_others_go_on(
        string securable, string kind, string policies, string grants, string gaps) =>
        Desire.Is(securable, policies, $"{Directory} kind={kind}", grants, gaps);
}
