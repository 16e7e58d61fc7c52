using PolicySync.Core.Policies;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies;

/// <summary>The service definition against the privilege matrix, which has its own source.</summary>
public sealed class UnityCatalogServiceDefTests
{
    private static readonly RangerServiceDef Def = UnityCatalogServiceDef.Read();

    [Fact]
    public void The_service_definition_is_what_Ranger_Admin_would_register()
    {
        Assert.Equal("databricks_unity_catalog", Def.Name);
        Assert.Equal("true", Def.Options["enableDenyAndExceptionsInPolicies"]);
        Assert.NotSame(Def, UnityCatalogServiceDef.Read());
        Assert.DoesNotContain("draft", System.Text.Encoding.UTF8.GetString(UnityCatalogServiceDef.Utf8.Span), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(SecurableType.Catalog, "CATALOG")]
    [InlineData(SecurableType.Schema, "SCHEMA")]
    [InlineData(SecurableType.Table, "MANAGED")]
    [InlineData(SecurableType.Table, "MATERIALIZED_VIEW")]
    [InlineData(SecurableType.Function, "FUNCTION")]
    [InlineData(SecurableType.Volume, "VOLUME")]
    [InlineData(SecurableType.Model, "REGISTERED_MODEL")]
    [InlineData(SecurableType.ExternalLocation, "EXTERNAL_LOCATION")]
    [InlineData(SecurableType.StorageCredential, "STORAGE_CREDENTIAL")]
    [InlineData(SecurableType.ServiceCredential, "SERVICE_CREDENTIAL")]
    [InlineData(SecurableType.Connection, "CONNECTION")]
    [InlineData(SecurableType.Metastore, "METASTORE")]
    public void A_level_offers_what_the_kind_can_be_granted(SecurableType type, string kind)
    {
        var offered = Level(WireNames.Of(type)).AccessTypeRestrictions.Select(Privilege.OfAccessType).ToHashSet();
        var known = Def.AccessTypes.Select(access => Privilege.OfAccessType(access.Name!)).ToHashSet();

        Assert.Subset(offered, PrivilegeMatrix.ApplicableTo(type, kind).Where(known.Contains)
            .Except(type == SecurableType.Catalog ? ["CREATE_CONNECTION"] : []).ToHashSet());
        Assert.NotEmpty(offered);
        Assert.All(offered, privilege => Assert.True(
            PrivilegeMatrix.Of(type, kind, privilege) == Applicability.Applicable || (type == SecurableType.Table && privilege is "MODIFY" or "REFRESH" or "INSERT" or "UPDATE" or "DELETE")));
    }

    [Fact]
    public void Access_types_are_written_once_and_every_one_is_offered_somewhere()
    {
        Assert.Equal(Def.AccessTypes.Count, Def.AccessTypes.Select(access => access.Name).Distinct().Count());
        Assert.Equal(
            Def.AccessTypes.Select(access => access.Name!).Order(),
            Def.Resources.SelectMany(level => level.AccessTypeRestrictions).Distinct().Order());
    }

    [Fact]
    public void Every_access_type_is_a_privilege_that_the_matrix_knows_and_translates_back()
    {
        Assert.NotEmpty(Def.AccessTypes);
        Assert.All(Def.AccessTypes, access =>
        {
            var privilege = Privilege.OfAccessType(access.Name!);
            Assert.NotEqual(Applicability.Unknown, PrivilegeMatrix.Of(SecurableType.Table, "MANAGED", privilege));
            Assert.Equal(access.Name, Privilege.AccessTypeOf(privilege));
        });
    }

    [Fact]
    public void All_privileges_brings_what_Databricks_says_and_nothing_that_outlives_it()
    {
        var implied = Def.AccessTypes.Single(access => access.Name == "all_privileges").ImpliedGrants.ToHashSet();
        var metastore = Level("metastore").AccessTypeRestrictions.Except(["create_connection", "create_external_location", "read_metadata"]).ToHashSet();
        var known = Def.AccessTypes.Select(access => access.Name!).Where(name => name != "all_privileges");

        Assert.Equal(known.Where(name => Privilege.IsImpliedByAll(Privilege.OfAccessType(name)) && !metastore.Contains(name)).Order(), implied.Order());
    }

    [Fact]
    public void Modify_brings_its_parts_so_that_its_denial_counts_for_them() =>
        Assert.Equal(["delete", "insert", "update"], Def.AccessTypes.Single(access => access.Name == "modify").ImpliedGrants.Order());

    [Fact]
    public void Names_compare_without_case_and_any_level_above_a_column_may_be_the_last()
    {
        Assert.All(Def.Resources, level => Assert.Equal(("true", "true"), (level.MatcherOptions["ignoreCase"], level.MatcherOptions["wildCard"])));
        Assert.All(Def.Resources, level => Assert.True(level.IsValidLeaf));
    }

    private static RangerResourceDef Level(string name) => Def.Resources.Single(level => level.Name == name);
}
