using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.6: USE goes to exactly those whom policies give something at or below.</summary>
public sealed class ParentsUse
{
    private const string Directory = "#g=ann,bob #h=cat,? users=dan";

    [Theory]
    [InlineData("main.sales.orders +#g:select", "#g:USE_CATALOG", "#g:USE_SCHEMA")]
    [InlineData("main.sales.nosuch +#g:select", "#g:USE_CATALOG", "#g:USE_SCHEMA")] // from policies alone
    [InlineData("main.hr.people +#g:select", "#g:USE_CATALOG", "")]
    [InlineData("other.sales.orders +#g:select", "", "")]
    [InlineData("*.*.* +#g:select", "#g:USE_CATALOG", "#g:USE_SCHEMA")]
    [InlineData("main.s*.o?d* +#g:select", "#g:USE_CATALOG", "#g:USE_SCHEMA")]
    [InlineData("main.!sales.* +#g:select", "#g:USE_CATALOG", "")]
    [InlineData("main.sales.!orders +#g:select", "#g:USE_CATALOG", "#g:USE_SCHEMA")]
    [InlineData("!main.sales.* +#g:select", "", "")]
    [InlineData("main +#g:create_schema", "#g:CREATE_SCHEMA #g:USE_CATALOG", "")]
    [InlineData("main.sales +#g:create_table", "#g:USE_CATALOG", "#g:CREATE_TABLE #g:USE_SCHEMA")]
    [InlineData("fn:main.sales.f +#g:execute", "#g:USE_CATALOG", "#g:USE_SCHEMA")]
    [InlineData("vol:main.sales.* +ann:read_volume; model:main.sales.* +bob:execute", "ann:USE_CATALOG bob:USE_CATALOG", "ann:USE_SCHEMA bob:USE_SCHEMA")]
    [InlineData("main.sales.orders.id +ann:select", "ann:USE_CATALOG", "ann:USE_SCHEMA")]
    [InlineData("main.sales.orders +ann:all", "ann:USE_CATALOG", "ann:USE_SCHEMA")]
    [InlineData("main.sales.orders +%r:select", "#g:USE_CATALOG dan:USE_CATALOG", "#g:USE_SCHEMA dan:USE_SCHEMA")]
    [InlineData("main.sales.orders +#public:select", "#account_users:USE_CATALOG", "#account_users:USE_SCHEMA")]
    [InlineData("main.sales.orders +{OWNER}:select", "", "")]
    [InlineData("main.sales.orders +ann:create_schema", "", "")] // no table has it
    [InlineData("main.sales.orders until:2020-01-01 +ann:select", "", "")]
    [InlineData("main.sales.orders +ann:select?", "", "")]
    public void Principals_with_access_below_a_container_get_USE_on_it(string policies, string onCatalog, string onSchema)
    {
        Desire.Grants("main", policies, Directory + " %r=dan,#g", onCatalog);
        Desire.Grants("main.sales", policies, Directory + " %r=dan,#g", onSchema);
    }

    [Theory]
    [InlineData("main.sales.orders +ann:select -ann:select", "")]
    [InlineData("main.sales.orders +ann:select; main.*.* -ann:select", "")]
    [InlineData("main.sales.o* +ann:select; main.sales.o* -ann:select", "")]
    [InlineData("main.sales.* +ann:select; main.sales.?* -ann:select", "")]
    [InlineData("main.sales.* +ann:select; main.sales.orders -ann:select", "ann:USE_SCHEMA")] // others may come
    [InlineData("main.sales.* +ann:select; main.sales.!orders -ann:select", "ann:USE_SCHEMA")] // one is left
    [InlineData("main.sales.orders|items +ann:select; main.sales.orders -ann:select", "ann:USE_SCHEMA")]
    [InlineData("main.sales.orders +ann:select ~+ann:select", "")]
    [InlineData("main.sales.* only; main.sales.!items.* +ann:select; main.sales.orders.id +dan:select; main.sales.* -ann:modify ~-ann:modify", "dan:USE_SCHEMA")]
    [InlineData("main.sales.orders +ann:select; main.sales.orders only +dan:select", "dan:USE_SCHEMA")]
    [InlineData("main.sales.orders +ann:select; main.sales.orders filter:ann=a<1", "")]
    [InlineData("main.sales.* +ann:select; main.sales.* filter:ann=a<1", "")]
    [InlineData("main.sales.* +ann:select; main.sales.!orders filter:ann=a<1", "ann:USE_SCHEMA")] // one is open
    public void Principals_without_access_below_a_schema_get_no_USE_on_it(string policies, string grants) =>
        Desire.Grants("main.sales", policies, Directory, grants);

    [Theory]
    [InlineData("main.sales.orders +#g:select -bob:select", "ann:USE_SCHEMA", "")]
    [InlineData("main.sales.orders +#g:select -bob:select; main.sales.items +#g:select", "#g:USE_SCHEMA ann:USE_SCHEMA", "")]
    [InlineData("main.sales.orders +#h:select -cat:select", "", "?MEMBERSHIP_UNKNOWN #h:USE_SCHEMA 1")]
    [InlineData("main.sales.orders +#g:select -#g:select ~-bob:select", "bob:USE_SCHEMA", "")]
    [InlineData("main.sales.orders +#h:select -#h:select ~-cat:select", "cat:USE_SCHEMA", "?MEMBERSHIP_UNKNOWN #h:USE_SCHEMA 1")]
    public void A_group_that_is_expanded_below_enters_by_its_members(string policies, string grants, string gaps) =>
        Desire.Is("main.sales", policies, Directory, grants, gaps);

    [Theory]
    [InlineData("main.sales.orders +ann:select; main.sales -ann:use_schema", "", "?CONTAINER_WITHHELD ann:USE_SCHEMA 2")]
    [InlineData("main.sales.orders +#g:select; main.sales -bob:use_schema", "ann:USE_SCHEMA", "?GROUP_EXPANDED #g:USE_SCHEMA 2")]
    [InlineData("main.sales.orders +#g:select; main.sales -#g:use_schema", "", "?CONTAINER_WITHHELD #g:USE_SCHEMA 2")]
    [InlineData("main.sales.orders +#h:select; main.sales -cat:use_schema", "", "?MEMBERSHIP_UNKNOWN #h:USE_SCHEMA")]
    [InlineData("main.sales.orders +ghost:select; main.sales -#g:use_schema", "", "?MEMBERSHIP_UNKNOWN ghost:USE_SCHEMA")]
    [InlineData("main.sales.orders +ann:select; main.sales only +dan:use_schema", "dan:USE_SCHEMA", "?CONTAINER_WITHHELD ann:USE_SCHEMA 2")]
    [InlineData("main.sales.orders +ann:select; main.* -ann:all", "", "?CONTAINER_WITHHELD ann:USE_SCHEMA 2")]
    [InlineData("main.sales.orders +ann:select; main.sales -ann:use_schema ~-ann:use_schema", "ann:USE_SCHEMA", "")]
    [InlineData("main.*.* only +ann:select", "ann:USE_SCHEMA", "")] // else is meant for the tables
    [InlineData("main.sales only +ann:manage; fn:main.sales.* override +ann:use_schema", "ann:MANAGE", "!INHERITED_ACCESS ann:MANAGE 1; ?CONTAINER_WITHHELD ann:USE_SCHEMA 1")]
    [InlineData("main.sales.* +ann:select; main.sales.items -ann:all", "ann:USE_SCHEMA", "")]
    public void An_outright_deny_of_USE_wins(string policies, string grants, string gaps) =>
        Desire.Is("main.sales", policies, Directory, grants, gaps);

    [Fact]
    public void USE_on_parents_is_not_granted_when_it_is_turned_off() => Desire.Is("main.sales", "main.sales.orders +#g:select", "#g=ann noUse", "", "");

    [Fact]
    public void A_policy_of_more_objects_than_are_looked_at_says_so()
    {
        var names = string.Join('|', Enumerable.Range(0, 1100).Select(i => $"t{i}"));
        Desire.Is("main.sales", $"main.sales.{names} +ann:select; main.sales.* -ann:select", "users=ann", "", "?CONTAINER_WITHHELD ann:USE_SCHEMA 1");
    }
}
