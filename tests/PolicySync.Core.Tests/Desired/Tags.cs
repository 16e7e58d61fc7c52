using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Tag policies decide on what carries their tag and on all that lies in it, before resource policies do.</summary>
public sealed class Tags
{
    private const string Directory = "#g=ann,bob users=cat noUse";
    private const string Given = "main.*.* +#g:select,modify; ";

    [Theory]
    [InlineData("tag:pii +ann:select", "tag:main.sales.orders=pii", "ann:SELECT", "")]
    [InlineData("tag:pii +ann:select", "tag:main.sales=pii", "ann:SELECT", "")] // what contains it is tagged
    [InlineData("tag:pii +ann:select", "tag:main=pii", "ann:SELECT", "")]
    [InlineData("tag:pii +ann:select", "tag:MAIN.s*.*=pii", "ann:SELECT", "")]
    [InlineData("tag:pii +ann:select", "tag:main.sales.orders.*=pii", "ann:SELECT", "")]
    [InlineData("tag:pii +ann:select", "tag:main.sales.items=pii tag:main.hr=pii", "", "")]
    [InlineData("tag:pii +ann:select", "tag:main.sales.orders=PII", "", "")] // types compare with case
    [InlineData("tag:pii|old +ann:select", "tag:main.sales.orders=old", "ann:SELECT", "")]
    [InlineData("tag:pii +ann:select", "tag:main.sales.orders.id=pii", "", "?COLUMN_NOT_EXPRESSIBLE ann:SELECT 1")]
    [InlineData("tag:pii off +ann:select", "tag:main.sales.orders=pii", "", "")]
    [InlineData("tag:pii +ann:select,execute", "tag:main.sales.orders=pii", "ann:SELECT", "")] // a tag is for many kinds
    [InlineData("tag:pii +ann:all", "tag:main.sales.orders=pii", "ann:ALL", "")]
    [InlineData("tag:pii +Ann@X.com:select", "tag:main.sales.orders=pii", "ann:SELECT", "")]
    [InlineData("tag:pii +etl!:select", "tag:main.sales.orders=pii map:^etl$=cat@x.com", "cat:SELECT", "")]
    [InlineData("tag:pii +%r:select", "tag:main.sales.orders=pii %r=cat,#g", "#g:SELECT cat:SELECT", "")]
    [InlineData("tag:pii +{OWNER}:select", "tag:main.sales.orders=pii owner=cat", "", "?OWNER_MACRO {OWNER}:SELECT 1")]
    [InlineData("tag:pii +ghost:select", "tag:main.sales.orders=pii", "ghost:SELECT", "")]
    public void What_carries_a_tag_is_given_by_policies_of_the_tag(string policies, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, $"{Directory} {world}", grants, gaps);

    [Theory]
    [InlineData("tag:pii -ann:select", "tag:main.sales.orders=pii", "#g:MODIFY bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii -ann:select", "tag:main=pii", "#g:MODIFY bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii -ann:select", "tag:main.hr=pii", "#g:MODIFY #g:SELECT", "")]
    [InlineData("tag:pii -ann:select", "tag:main.sales.orders.id=pii", "#g:MODIFY bob:SELECT", "?COLUMN_NOT_EXPRESSIBLE ann:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii -#g:select ~-bob:select", "tag:main.sales.orders=pii", "#g:MODIFY bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii only +bob:select", "tag:main.sales.orders=pii", "bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii -Ann@X.com:select", "tag:main.sales.orders=pii", "#g:MODIFY bob:SELECT", "?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii -nobody:select", "tag:main.sales.orders=pii", "#g:MODIFY #g:SELECT", "!PRINCIPAL_UNKNOWN nobody:SELECT 2")]
    [InlineData("tag:pii -ann:select?", "tag:main.sales.orders=pii", "#g:MODIFY bob:SELECT", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii when? -ann:select", "tag:main.sales.orders=pii", "#g:MODIFY bob:SELECT", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("tag:pii +cat:select?", "tag:main.sales.orders=pii", "#g:MODIFY #g:SELECT", "?CONDITION_UNSUPPORTED cat:SELECT 2")]
    public void Access_that_a_tag_policy_denies_is_not_given(string policy, string world, string grants, string gaps) =>
        Desire.Is(Desire.Table, Given + policy, $"{Directory} {world}", grants, gaps);

    [Fact]
    public void An_allow_on_a_column_that_lets_a_deny_through_stands_against_the_table() => Desire.Is(
        Desire.Table, "tag:pii +ann:select; main.*.* only override +ann:select; main.*.* -ann:select", $"{Directory} tag:main.sales.orders.id=pii", "",
        "?COLUMN_NOT_EXPRESSIBLE ann:SELECT 1; ?COLUMN_NOT_EXPRESSIBLE ann:SELECT 3");

    [Theory]
    [InlineData("main.*.* override +ann:select; tag:pii -ann:select", "ann:SELECT")] // only a higher priority takes back a tag's deny
    [InlineData("main.*.* +ann:select; tag:pii -ann:select", "")]
    [InlineData("main.*.* override +ann:select; tag:pii override -ann:select", "")]
    [InlineData("main.*.* -ann:select; tag:pii +ann:select", "")]
    [InlineData("main.*.* -ann:select; tag:pii override +ann:select", "ann:SELECT")]
    [InlineData("main.*.* override -ann:select; tag:pii override +ann:select", "")]
    [InlineData("tag:old override +ann:select; tag:pii -ann:select", "ann:SELECT")]
    [InlineData("tag:old +ann:select; tag:pii -ann:select", "")]
    [InlineData("tag:old +ann:select -ann:modify; tag:pii -ann:select", "")]
    public void Priorities_of_tag_policies_work_as_in_Ranger(string policies, string grants) =>
        Desire.Grants(Desire.Table, policies, $"{Directory} tag:main.sales.orders=pii,old", grants);

    [Theory]
    [InlineData("main.sales", "tag:pii +ann:select,create_table,use_schema", "tag:main.sales=pii", "ann:CREATE_TABLE ann:SELECT ann:USE_SCHEMA", "")]
    [InlineData("main", "tag:pii +ann:select", "tag:main=pii", "ann:SELECT", "")] // Ranger hands it down too: no difference from policy
    [InlineData("main", "tag:pii +ann:select -bob:select", "tag:main=pii", "ann:SELECT", "")]
    [InlineData("main", "tag:pii +#g:select; tag:old -bob:select", "tag:main=pii", "ann:SELECT", "?CONTAINER_WITHHELD bob:SELECT 2; ?GROUP_EXPANDED #g:SELECT 2")]
    [InlineData("main", "tag:pii +ann:select; main.sales.orders -ann:select", "tag:main=pii", "", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("fn:main.sales.f", "tag:pii +ann:execute,select", "tag:main=pii", "ann:EXECUTE", "")]
    [InlineData("vol:main.sales.v", "tag:pii +ann:read_volume", "tag:vol:main.sales.v=pii", "ann:READ_VOLUME", "")]
    public void A_grant_stands_on_each_securable_that_the_tag_counts_for(string securable, string policies, string world, string grants, string gaps) =>
        Desire.Is(securable, policies, $"{Directory} {world}", grants, gaps);

    [Theory]
    [InlineData("tag:pii -ann:select", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("tag:pii -ann:all", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("tag:pii only +bob:select", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("tag:pii +#g:select ~+ann:select", "?CONTAINER_WITHHELD ann:SELECT 2")]
    [InlineData("tag:pii filter:ann=a<1", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii mask:#g=MASK", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii until:2026-11-24 -ann:select", "?CONTAINER_WITHHELD ann:SELECT 2")]
    public void Anything_below_a_container_may_come_to_carry_a_tag(string policy, string gap) =>
        Desire.Is("main", "main +ann:select,create_schema; " + policy, Directory, "ann:CREATE_SCHEMA", gap);

    [Theory]
    [InlineData("tag:pii -ann:modify")]
    [InlineData("tag:pii until:2026-11-23 -ann:select")]
    [InlineData("tag:pii off -ann:select")]
    [InlineData("tag:pii -ann:select ~-ann:select")]
    [InlineData("tag:pii mask:ann=MASK_NONE mask:#public=MASK")]
    public void What_no_tag_could_take_is_handed_down(string policy) => Desire.Is(
        "main", "main +ann:select; " + policy, Directory, "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1");

    [Theory]
    [InlineData("tag:main.sales.orders=pii@2026-11-24", "ann:SELECT")]
    [InlineData("tag:main.sales.orders=pii@2026-11-23", "")] // the time is the run's
    [InlineData("tag:main.sales.orders=pii@2026-11-23 tag:main.sales=pii", "ann:SELECT")]
    [InlineData("other:main.sales.orders=pii@2026-11-24", "ann:SELECT")]
    [InlineData("other:main.sales.orders=pii@2026-11-23", "")]
    public void A_tag_counts_while_it_is_valid(string world, string grants) =>
        Desire.Is(Desire.Table, "tag:pii +ann:select", $"{Directory} {world}", grants, "");

    [Theory]
    [InlineData("other:main.sales.orders=pii", "ann:SELECT", "?COLUMN_NOT_EXPRESSIBLE bob:SELECT 3; ?GROUP_EXPANDED #g:SELECT 3")]
    [InlineData("other:main=pii untold", "ann:SELECT", "?COLUMN_NOT_EXPRESSIBLE bob:SELECT 3; ?GROUP_EXPANDED #g:SELECT 3")]
    [InlineData("tag:main=pii looked", "ann:SELECT", "?COLUMN_NOT_EXPRESSIBLE bob:SELECT 3; ?GROUP_EXPANDED #g:SELECT 3")]
    [InlineData("other:main.sales.items=pii", "", "")]
    public void Tags_from_elsewhere_count_beside_those_of_Ranger(string world, string grants, string gaps) => Desire.Is(
        Desire.Table, "main.hr.* +#g:select; tag:pii +#g:select; tag:secret -bob:select", $"{Directory} other:main.sales.orders.id=secret {world}", grants,
        gaps);

    [Theory]
    [InlineData("tag:pii mask:ann=MASK", "tag:main.sales.orders.id=pii", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii mask:ann=MASK", "tag:main=pii", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii mask:ann=MASK", "tag:main.sales.items.id=pii", "")]
    [InlineData("tag:pii filter:ann=a<1", "tag:main.sales.orders=pii", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii filter:ann=a<1", "tag:main.sales.orders.id=pii", "")] // rows are the table's
    [InlineData("tag:pii mask:ann=MASK_NONE; main.sales.orders.id mask:ann=MASK", "tag:main.sales.orders=pii", "")] // tags go first
    [InlineData("tag:pii mask:ann=MASK_NONE; main.sales.orders.id override mask:ann=MASK", "tag:main.sales.orders=pii", "?GUARD_UNAVAILABLE ann:SELECT 3")]
    [InlineData("tag:pii mask:ann=MASK; main.*.*.* override mask:ann=MASK_NONE", "tag:main.sales.orders=pii", "")]
    [InlineData("tag:pii mask:ann=MASK; main.*.*.* mask:ann=MASK_NONE", "tag:main.sales.orders=pii", "?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("tag:pii mask:ann=MASK_NONE; main.sales.orders.id mask:ann=MASK", "tag:main.sales.orders.no=pii", "?GUARD_UNAVAILABLE ann:SELECT 3")] // another column's
    public void Their_masks_and_filters_withhold_reading(string policies, string world, string gaps) => Desire.Is(
        Desire.Table, "main.*.* +ann:select; " + policies, $"{Directory} {world}", gaps.Length == 0 ? "ann:SELECT" : "", gaps);

    [Theory]
    [InlineData("main", "tag:pii +ann:select", "tag:main.sales.orders=pii", "ann:USE_CATALOG")]
    [InlineData("main.sales", "tag:pii +ann:select", "tag:main.sales.orders=pii", "ann:USE_SCHEMA")]
    [InlineData("main.hr", "tag:pii +ann:select", "tag:main.sales.orders=pii", "")]
    [InlineData("main", "tag:pii +ann:select", "tag:main.sales.orders.id=pii", "ann:USE_CATALOG")] // as for a policy of a column
    [InlineData("main", "tag:pii +ann:execute", "tag:main.sales.orders=pii", "")] // no table has it
    [InlineData("main", "tag:pii +ann:execute", "tag:main.sales=pii", "ann:USE_CATALOG")]
    [InlineData("main", "tag:pii +ann:select; main.sales.* -ann:select", "tag:main.sales.orders=pii", "")]
    [InlineData("main", "tag:pii +ann:select", "", "")]
    [InlineData("main.sales", "tag:pii +ann:read_volume", "tag:main=pii", "ann:READ_VOLUME ann:USE_SCHEMA")]
    [InlineData("main.sales", "main.sales.* +ann:select; tag:pii -ann:use_schema", "tag:main=pii", "")] // an outright deny
    public void Principals_with_access_by_a_tag_get_USE_on_the_containers(string securable, string policies, string world, string grants) =>
        Desire.Grants(securable, policies, $"users=ann {world}", grants);

    [Theory]
    [InlineData("main", "other:main=pii", "ann:USE_CATALOG", "")]
    [InlineData("main", "looked", "", "?CONTAINER_WITHHELD ann:USE_CATALOG 1")] // nobody has looked below
    [InlineData("main", "", "", "")]
    public void Tags_that_are_read_object_by_object_let_nobody_in_unseen(string securable, string world, string grants, string gaps) =>
        Desire.Is(securable, "tag:pii +ann:use_catalog", $"users=ann {world}", grants, gaps);

    [Theory]
    [InlineData("tag:pii if:accessed-after-expiry=yes -ann:select", "?CONDITION_UNSUPPORTED ann:SELECT 2", "tag `pii` has no `expiry_date`")]
    [InlineData("tag:pii if:accessed-after-expiry=no -ann:select", "?CONDITION_UNSUPPORTED ann:SELECT 2", "tag `pii` has no `expiry_date`")]
    [InlineData("tag:pii if:expression=tagAttr.get('score')<2 -ann:select", "?CONDITION_UNSUPPORTED ann:SELECT 2", "can only be evaluated for a request")]
    [InlineData("tag:pii if:expression=launch() -ann:select", "?CONDITION_UNSUPPORTED ann:SELECT 2", "is not supported")]
    [InlineData("tag:pii if:nothing=1 -ann:select", "?CONDITION_UNSUPPORTED ann:SELECT 2", "is not defined by the service")]
    public void Their_conditions_count_against_access(string policy, string gap, string reason)
    {
        var made = new World("main.*.* +ann:select; " + policy, $"{Directory} tag:main.sales.orders=pii");
        Assert.Equal(("", gap), (made.GrantsOn(Desire.Table), made.GapsOn(Desire.Table)));
        Assert.Contains(reason, Assert.Single(made.StateOf(Desire.Table).Gaps).Detail);

        var allowed = new World(policy.Replace(" -", " +", StringComparison.Ordinal), $"{Directory} tag:main.sales.orders=pii");
        Assert.Equal("", allowed.GrantsOn(Desire.Table));
    }
}
