using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.7: ALL_PRIVILEGES only where every part of it is allowed, and then alone.</summary>
public sealed class AllPrivileges
{
    private const string Directory = "#g=ann,bob noUse";

    [Theory]
    [InlineData("MANAGED", "main.*.* +ann:all", "ann:ALL", "")]
    [InlineData("MANAGED", "main.*.* +#g:all", "#g:ALL", "")]
    [InlineData("MANAGED", "main.*.* +ann:all,select,modify", "ann:ALL", "")] // alone
    [InlineData("MANAGED", "main.*.* +ann:all; main.sales.* +ann:select", "ann:ALL", "")]
    [InlineData("MANAGED", "main.*.* +ann:all,manage", "ann:ALL ann:MANAGE", "")] // manage is no part of it
    [InlineData("MANAGED", "main.*.* +ann:all -ann:manage", "ann:ALL", "")]
    [InlineData("MANAGED", "main.*.* +ann:all -ann:modify", "ann:APPLY_TAG ann:READ_METADATA ann:SELECT", "?PRIVILEGE_NOT_APPLICABLE ann:ALL 1")]
    [InlineData("VIEW", "main.*.* +ann:all -ann:modify", "ann:ALL", "")] // a view has no MODIFY
    [InlineData("MANAGED", "main.*.* +ann:all -ann:execute", "ann:ALL", "")] // a table has no EXECUTE
    [InlineData("MANAGED", "main.*.* +ann:all -ann:all", "", "")]
    [InlineData("MANAGED", "main.*.* +#g:all -bob:modify", "#g:APPLY_TAG #g:READ_METADATA #g:SELECT ann:MODIFY", "?GROUP_EXPANDED #g:MODIFY 1; ?GROUP_WITHHELD #g:ALL 1")]
    [InlineData("MANAGED", "main.*.* +#k:all -bob:modify", "#k:APPLY_TAG #k:READ_METADATA #k:SELECT", "?MEMBERSHIP_UNKNOWN #k:ALL 1; ?MEMBERSHIP_UNKNOWN #k:MODIFY 1")]
    [InlineData("MANAGED", "main.*.* +ghost:all -#g:modify", "ghost:APPLY_TAG ghost:READ_METADATA ghost:SELECT", "?MEMBERSHIP_UNKNOWN ghost:ALL 1; ?MEMBERSHIP_UNKNOWN ghost:MODIFY 1")]
    [InlineData("MANAGED", "main.*.* +#local:all", "", "?PRINCIPAL_LOCAL #local:ALL 1")]
    [InlineData("MANAGED", "main.*.* +ann:all; main.sales.orders filter:ann=a<1", "ann:APPLY_TAG ann:MODIFY ann:READ_METADATA", "?GUARD_UNAVAILABLE ann:ALL 2; ?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("MANAGED", "main.*.* +ann:all; main.sales.orders.id -ann:select", "ann:APPLY_TAG ann:MODIFY ann:READ_METADATA", "?COLUMN_NOT_EXPRESSIBLE ann:ALL 2; ?COLUMN_NOT_EXPRESSIBLE ann:SELECT 2")]
    [InlineData("MANAGED", "main.*.* +#public:all", "#account_users:ALL", "")]
    public void ALL_PRIVILEGES_on_a_table_becomes_these_grants_and_gaps(string kind, string policies, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, $"{Directory} kind={kind} #local!=ann #k=bob,?", grants, gaps);

    [Theory]
    [InlineData("main", "main +ann:all", "ann:ALL", "!INHERITED_ACCESS ann:ALL 1")]
    [InlineData("main", "main +ann:all,use_catalog", "ann:ALL", "!INHERITED_ACCESS ann:ALL 1")]
    [InlineData("main", "main +ann:all,external_use_schema", "ann:ALL ann:EXTERNAL_USE_SCHEMA", "!INHERITED_ACCESS ann:ALL 1; !INHERITED_ACCESS ann:EXTERNAL_USE_SCHEMA 1")]
    [InlineData("main", "main +ann:all; main.sales.orders -bob:select", "ann:ALL", "!INHERITED_ACCESS ann:ALL 1")]
    [InlineData("main.sales", "main.sales +ann:all; main.sales.orders.id -ghost:select", "ann:ALL", "!INHERITED_ACCESS ann:ALL 1; !PRINCIPAL_UNKNOWN ghost:SELECT 2")]
    public void ALL_PRIVILEGES_on_a_container_becomes_these_grants_and_gaps(string securable, string policies, string grants, string gaps) =>
        Desire.Is(securable, policies, Directory, grants, gaps);

    [Fact]
    public void A_deny_below_a_container_splits_its_ALL_PRIVILEGES()
    {
        var made = new World("main.sales +ann:all; main.sales.orders -ann:modify", Directory);
        Assert.DoesNotContain("ALL", made.GrantsOn("main.sales"));
        Assert.DoesNotContain("MODIFY", made.GrantsOn("main.sales"));
        Assert.Contains("ann:SELECT", made.GrantsOn("main.sales"));
        Assert.Contains("?CONTAINER_WITHHELD ann:ALL 2", made.GapsOn("main.sales"));
        Assert.Contains("?CONTAINER_WITHHELD ann:MODIFY 2", made.GapsOn("main.sales"));
    }

    [Fact]
    public void A_member_who_got_it_singly_needs_no_part_of_it() => Desire.Grants(
        Desire.Table, "main.*.* +ann:all +#g:select -bob:select", Directory, "ann:ALL");

    [Fact]
    public void USE_goes_into_it() => Desire.Grants("main", "main +ann:all; main.sales.orders +ann:select", "users=ann", "ann:ALL");
}
