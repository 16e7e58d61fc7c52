using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>In a security zone only its own policies count, and no grant from outside reaches into it past them.</summary>
public sealed class Zones
{
    private const string Directory = "#g=ann,bob users=cat noUse";

    [Theory]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main.sales", "cat:SELECT")]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main", "cat:SELECT")]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main.s*", "cat:SELECT")]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main.sales.orders", "cat:SELECT")]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main.hr", "ann:SELECT")]
    [InlineData("main.hr.pay", "main.*.* +ann:select; main.sales.* in:z +cat:select", "zone:z=main.sales", "ann:SELECT")]
    [InlineData("main.sales.orders", "main.*.* +ann:select", "zone:z=main.sales", "")] // a zone without policies gives nothing
    [InlineData("main.sales.orders", "main.*.* +#g:select; main.*.* in:z -bob:select", "zone:z=main.hr", "#g:SELECT")]
    [InlineData("main.sales.orders", "main.*.* -ann:select; main.*.* in:z +ann:select", "zone:z=main.sales", "ann:SELECT")]
    [InlineData("main.sales", "main.sales in:z +ann:create_table", "zone:z=main.sales", "ann:CREATE_TABLE")] // at its own levels
    [InlineData("main", "main in:z +ann:create_schema", "zone:z=main.sales", "")] // what contains it is not its
    [InlineData("main", "main in:z +ann:create_schema", "zone:z=main", "ann:CREATE_SCHEMA")]
    [InlineData("main.sales.orders", "main.*.* +ann:select; main.*.* in:y +bob:select; main.*.* in:z +cat:select", "zone:y=main.sales zone:z=main.sales.orders", "ann:SELECT")] // two are none
    [InlineData("fn:main.sales.f", "fn:main.*.* +ann:execute; fn:main.*.* in:z +cat:execute", "zone:z=main.sales.*", "ann:EXECUTE")] // the zone is of tables
    [InlineData("main.sales.orders", "main.*.* in:z +Ann@X.com:select", "zone:z=main", "ann:SELECT")] // names are mapped there too
    [InlineData("main.sales.orders", "main.*.* in:z +etl!:select", "zone:z=main map:^etl$=cat@x.com", "cat:SELECT")]
    public void Inside_only_the_zones_policies_count(string securable, string policies, string world, string grants) =>
        Desire.Is(securable, policies, $"{Directory} {world}", grants, "");

    [Theory]
    [InlineData("main +ann:select", "zone:z=main.hr", "", "?CONTAINER_WITHHELD ann:SELECT")]
    [InlineData("main +ann:select", "zone:z=main.hr.pay", "", "?CONTAINER_WITHHELD ann:SELECT")]
    [InlineData("main +ann:select", "zone:z=other.hr", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +ann:create_schema", "zone:z=main.hr", "ann:CREATE_SCHEMA", "")] // reaches nothing below
    [InlineData("main +ann:execute", "zone:z=main.hr.pay", "ann:EXECUTE", "!INHERITED_ACCESS ann:EXECUTE 1")] // no table has it
    [InlineData("main +ann:select; main.hr in:z +ann:select", "zone:z=main.hr", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select", "zone:z=main.hr", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +ann:select; *.*.* in:z +ann:select", "zone:z=main.hr", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +ann:select; main.hr.pay in:z +ann:select", "zone:z=main.hr", "", "?CONTAINER_WITHHELD ann:SELECT")] // others may come
    [InlineData("main +ann:select; main.hr.pay in:z +ann:select", "zone:z=main.hr.pay", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +ann:select; main.hr.!pay in:z +ann:select", "zone:z=main.hr", "", "?CONTAINER_WITHHELD ann:SELECT")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select; main.hr.pay in:z -ann:select", "zone:z=main.hr", "", "?CONTAINER_WITHHELD ann:SELECT 3")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select; main.hr.pay in:z filter:ann=a<1", "zone:z=main.hr", "", "?GUARD_UNAVAILABLE ann:SELECT 3")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select", "zone:z=main.hr|fin", "", "?CONTAINER_WITHHELD ann:SELECT")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select", "zone:z=main.hr zone:y=main.fin", "", "?CONTAINER_WITHHELD ann:SELECT")]
    [InlineData("main +ann:select; main.hr.* in:z +ann:select; main.fin.* in:y +ann:select", "zone:z=main.hr zone:y=main.fin", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main +#g:select; main.hr.* in:z +bob:select", "zone:z=main.hr", "bob:SELECT", "!INHERITED_ACCESS bob:SELECT 1; ?CONTAINER_WITHHELD #g:SELECT; ?GROUP_EXPANDED #g:SELECT")]
    [InlineData("main +#k:select; main.hr.* in:z +#k:select", "zone:z=main.hr", "#k:SELECT", "!INHERITED_ACCESS #k:SELECT 1")] // no member need be looked at
    [InlineData("main +#k:select; main.hr.* in:z +ann:select", "zone:z=main.hr", "", "?CONTAINER_WITHHELD #k:SELECT")]
    [InlineData("main +ann:all; main.hr.* in:z +ann:select", "zone:z=main.hr", "ann:BROWSE ann:CREATE_CONNECTION ann:CREATE_FOREIGN_CATALOG ann:CREATE_SCHEMA ann:SELECT ann:USE_CATALOG", null)]
    public void A_grant_from_outside_reaches_into_a_zone_only_where_the_zone_gives_it_too(string policies, string world, string grants, string? gaps)
    {
        var made = new World(policies, $"{Directory} #k=ann,? {world}");
        if (gaps is null)
        {
            Assert.DoesNotContain("ALL", made.GrantsOn("main"));
            Assert.Contains("ann:SELECT", made.GrantsOn("main"));
            Assert.DoesNotContain("MODIFY", made.GrantsOn("main"));
            Assert.Contains("?CONTAINER_WITHHELD ann:MODIFY", made.GapsOn("main"));
            return;
        }

        Assert.Equal((grants, gaps), (made.GrantsOn("main"), made.GapsOn("main")));
    }

    [Fact]
    public void The_gap_names_the_zone()
    {
        var gap = Assert.Single(new World("main +ann:select", "users=ann noUse zone:hr=main.hr").StateOf("main").Gaps);
        Assert.Equal("a grant here would reach security zone `hr`, where only its own policies apply, and they do not give it", gap.Detail);
    }

    [Theory]
    [InlineData("main.sales in:z +ann:select", "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1")]
    [InlineData("main.sales in:z +ann:write_volume", "", "?CONTAINER_WITHHELD ann:WRITE_VOLUME")] // volumes there are no zone's
    [InlineData("main.sales in:z +ann:write_volume; vol:main.*.* +ann:write_volume", "ann:WRITE_VOLUME", "!INHERITED_ACCESS ann:WRITE_VOLUME 1")]
    [InlineData("main.sales in:z +ann:write_volume; vol:main.*.* +ann:write_volume; vol:main.sales.v -ann:write_volume", "", "?CONTAINER_WITHHELD ann:WRITE_VOLUME 3")]
    public void A_grant_of_a_zone_does_not_apply_outside_the_zone(string policies, string grants, string gaps) =>
        Desire.Is("main.sales", policies, $"{Directory} zone:z=main.sales.*", grants, gaps);

    [Theory]
    [InlineData("main.*.* +ann:select", "", "?COLUMN_NOT_EXPRESSIBLE ann:SELECT")]
    [InlineData("main.*.* +ann:select; main.sales.orders.* in:z +ann:select", "ann:SELECT", "")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id in:z +ann:select", "ann:SELECT", "")]
    [InlineData("main.*.* +ann:select; main.sales.orders in:z +ann:select", "", "?COLUMN_NOT_EXPRESSIBLE ann:SELECT")] // Ranger does not hand down
    public void A_zone_of_columns_stands_against_the_whole_table(string policies, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, $"{Directory} zone:z=main.sales.orders.id", grants, gaps);

    [Theory]
    [InlineData("zone:z=main.sales", "ann:SELECT bob:SELECT")] // a zone without tag policies of its own has everybody's
    [InlineData("zone:z!=main.sales", "bob:SELECT cat:SELECT")]
    [InlineData("zone:z=main.hr", "ann:SELECT")]
    public void A_zone_can_have_tag_policies_of_its_own(string world, string grants) => Desire.Is(Desire.Table,
        "main.sales.* in:z +bob:select; tag:pii +ann:select; tag:pii in:z +cat:select", $"{Directory} tag:main.sales=pii {world}", grants, "");

    [Theory]
    [InlineData("main.hr.* in:z +cat:select", "zone:z=main.hr", "cat:USE_CATALOG", "", "cat:USE_SCHEMA")]
    [InlineData("main.*.* in:z +cat:select", "zone:z=main.hr", "cat:USE_CATALOG", "", "cat:USE_SCHEMA")] // only in the zone
    [InlineData("main.h*.* in:z +cat:select", "zone:z=main.*r", "cat:USE_CATALOG", "", "cat:USE_SCHEMA")]
    [InlineData("main.*.* +ann:select; main.hr.* in:z +cat:select", "zone:z=main.hr", "ann:USE_CATALOG cat:USE_CATALOG", "ann:USE_SCHEMA", "cat:USE_SCHEMA")]
    [InlineData("main.hr.* +ann:select", "zone:z=main.hr", "", "", "")] // it is not heard there
    [InlineData("main.hr.pay +ann:select; main.hr.* in:z +cat:select", "zone:z=main.hr.pay", "cat:USE_CATALOG", "", "cat:USE_SCHEMA")]
    [InlineData("main.fin.* in:z +cat:select", "zone:z=main.hr", "", "", "")]
    [InlineData("tag:pii in:z +cat:select", "zone:z!=main.hr.pay tag:main.hr.pay=pii", "cat:USE_CATALOG", "", "cat:USE_SCHEMA")] // its own tag policies
    [InlineData("tag:pii +cat:select", "zone:z!=main.hr tag:main.hr.pay=pii", "", "", "")]
    public void Principals_with_access_by_a_zone_get_USE_on_the_containers(string policies, string world, string onCatalog, string onSales, string onHr)
    {
        Desire.Grants("main", policies, $"users=ann,cat {world}", onCatalog);
        Desire.Grants("main.sales", policies, $"users=ann,cat {world}", onSales);
        Desire.Grants("main.hr", policies, $"users=ann,cat {world}", onHr);
    }

    [Fact]
    public void Past_so_many_parts_nothing_is_handed_down()
    {
        var names = string.Join('|', Enumerable.Range(0, 300).Select(i => $"s{i}"));
        Desire.Is("main", "main +ann:select; *.*.* in:z +ann:select", $"users=ann noUse zone:z=main.{names}", "", "?CONTAINER_WITHHELD ann:SELECT");
    }
}
