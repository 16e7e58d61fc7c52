using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.Privileges;

public sealed class PrivilegeMatrixTests
{
    [Theory]
    [InlineData(SecurableType.Table, "MANAGED", "MODIFY", Applicability.Applicable)]
    [InlineData(SecurableType.Table, "managed_shallow_clone", "MODIFY", Applicability.Applicable)]
    [InlineData(SecurableType.Table, "VIEW", "MODIFY", Applicability.NotApplicable)]
    [InlineData(SecurableType.Table, "FOREIGN", "MODIFY", Applicability.NotApplicable)]
    [InlineData(SecurableType.Table, "MATERIALIZED_VIEW", "REFRESH", Applicability.Applicable)]
    [InlineData(SecurableType.Table, "STREAMING_TABLE", "REFRESH", Applicability.NotApplicable)]
    [InlineData(SecurableType.Table, "VIEW", "read_metadata", Applicability.Applicable)] // only one source names it: the server judges
    [InlineData(SecurableType.Table, "MANAGED", "INSERT", Applicability.Applicable)] // newer than the model's version
    [InlineData(SecurableType.Table, "STREAMING_TABLE", "DELETE", Applicability.Applicable)]
    [InlineData(SecurableType.Table, "VIEW", "UPDATE", Applicability.NotApplicable)]
    [InlineData(SecurableType.Schema, "SCHEMA", "INSERT", Applicability.Applicable)]
    [InlineData(SecurableType.Schema, "SCHEMA", "CREATE_MODEL_VERSION", Applicability.Applicable)]
    [InlineData(SecurableType.Catalog, "CATALOG", "READ SECRET", Applicability.Applicable)]
    [InlineData(SecurableType.Catalog, "CATALOG", "CREATE_SERVICE", Applicability.Applicable)]
    [InlineData(SecurableType.Metastore, "METASTORE", "READ_METADATA", Applicability.Applicable)]
    [InlineData(SecurableType.Metastore, "METASTORE", "INSERT", Applicability.NotApplicable)]
    [InlineData(SecurableType.Table, "MANAGED", "USE_SCHEMA", Applicability.NotApplicable)]
    [InlineData(SecurableType.Table, "MANAGED", "READ_FILES", Applicability.NotApplicable)] // of another type
    [InlineData(SecurableType.Table, "MANAGED", "FLY", Applicability.Unknown)]
    [InlineData(SecurableType.Catalog, "CATALOG", "use schema", Applicability.Applicable)]
    [InlineData(SecurableType.Catalog, "CATALOG", "USAGE", Applicability.Applicable)]
    [InlineData(SecurableType.Schema, "SCHEMA", "USE_CATALOG", Applicability.NotApplicable)]
    [InlineData(SecurableType.Schema, "SCHEMA", "BROWSE", Applicability.NotApplicable)]
    [InlineData(SecurableType.Function, "FUNCTION", "APPLY_TAG", Applicability.NotApplicable)]
    [InlineData(SecurableType.Function, "REGISTERED_MODEL", "APPLY_TAG", Applicability.Applicable)] // they share the path
    [InlineData(SecurableType.Model, "REGISTERED_MODEL", "CREATE_MODEL_VERSION", Applicability.Applicable)]
    [InlineData(SecurableType.Volume, "VOLUME", "WRITE_VOLUME", Applicability.Applicable)]
    [InlineData(SecurableType.ExternalLocation, "EXTERNAL_LOCATION", "WRITE_FILES", Applicability.Applicable)]
    [InlineData(SecurableType.ExternalLocation, "EXTERNAL_LOCATION", "SELECT", Applicability.NotApplicable)]
    [InlineData(SecurableType.StorageCredential, "STORAGE_CREDENTIAL", "READ_FILES", Applicability.Applicable)] // only one source names it
    [InlineData(SecurableType.StorageCredential, "STORAGE_CREDENTIAL", "ACCESS", Applicability.NotApplicable)]
    [InlineData(SecurableType.ServiceCredential, "SERVICE_CREDENTIAL", "ACCESS", Applicability.Applicable)]
    [InlineData(SecurableType.Connection, "CONNECTION", "USE_CONNECTION", Applicability.Applicable)]
    [InlineData(SecurableType.Metastore, "METASTORE", "CREATE_CATALOG", Applicability.Applicable)]
    [InlineData(SecurableType.Metastore, "METASTORE", "ALL_PRIVILEGES", Applicability.NotApplicable)]
    [InlineData(SecurableType.Metastore, "METASTORE", "MANAGE", Applicability.NotApplicable)]
    public void Each_kind_has_its_privileges(SecurableType type, string kind, string privilege, Applicability expected) =>
        Assert.Equal(expected, PrivilegeMatrix.Of(type, kind, privilege));

    [Fact]
    public void A_table_of_an_unknown_kind_has_what_every_table_has_and_its_all_privileges_give_what_any_has()
    {
        Assert.Equal(
            ["ALL_PRIVILEGES", "APPLY_TAG", "MANAGE", "READ_METADATA", "SELECT"],
            PrivilegeMatrix.ApplicableTo(SecurableType.Table, "HOLOGRAM").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["APPLY_TAG", "DELETE", "INSERT", "MODIFY", "READ_METADATA", "REFRESH", "SELECT", "UPDATE"],
            PrivilegeMatrix.ImpliedByAllPrivileges(SecurableType.Table, "HOLOGRAM").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(SecurableType.Table, "VIEW", "APPLY_TAG READ_METADATA SELECT")]
    [InlineData(SecurableType.Volume, "VOLUME", "APPLY_TAG READ_METADATA READ_VOLUME WRITE_VOLUME")]
    [InlineData(SecurableType.Function, "FUNCTION", "EXECUTE READ_METADATA")]
    [InlineData(SecurableType.Connection, "CONNECTION", "CREATE_FOREIGN_CATALOG USE_CONNECTION")]
    [InlineData(SecurableType.ExternalLocation, "EXTERNAL_LOCATION",
        "BROWSE CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_SECURABLE CREATE_MANAGED_STORAGE READ_FILES WRITE_FILES")]
    public void All_privileges_give_what_applies_but_manage_and_external_use(SecurableType type, string kind, string expected) =>
        Assert.Equal(expected, string.Join(' ', PrivilegeMatrix.ImpliedByAllPrivileges(type, kind).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("SELECT", SecurableType.Catalog, true)]
    [InlineData("SELECT", SecurableType.Schema, true)]
    [InlineData("MANAGE", SecurableType.Catalog, true)]
    [InlineData("ALL_PRIVILEGES", SecurableType.Schema, true)]
    [InlineData("USE_SCHEMA", SecurableType.Catalog, true)]
    [InlineData("USE_SCHEMA", SecurableType.Schema, false)] // nothing in a schema has it
    [InlineData("USE_CATALOG", SecurableType.Catalog, false)]
    [InlineData("CREATE_SCHEMA", SecurableType.Catalog, false)]
    [InlineData("CREATE_TABLE", SecurableType.Catalog, true)]
    [InlineData("CREATE_TABLE", SecurableType.Schema, false)]
    [InlineData("BROWSE", SecurableType.Catalog, false)]
    [InlineData("EXTERNAL_USE_SCHEMA", SecurableType.Catalog, true)]
    [InlineData("FLY", SecurableType.Catalog, true)] // unknown: taken to reach below, which withholds more
    [InlineData("SELECT", SecurableType.Table, false)] // nothing lies below
    [InlineData("CREATE_CATALOG", SecurableType.Metastore, false)] // nor is anything handed down from here, but one
    [InlineData("READ_METADATA", SecurableType.Metastore, true)]
    [InlineData("READ_METADATA", SecurableType.Catalog, true)]
    [InlineData("INSERT", SecurableType.Catalog, true)]
    [InlineData("DELETE", SecurableType.Schema, true)]
    [InlineData("READ_SECRET", SecurableType.Schema, true)] // of secrets, which no task names
    [InlineData("CREATE_SECRET", SecurableType.Catalog, true)]
    [InlineData("CREATE_SECRET", SecurableType.Schema, false)]
    [InlineData("READ_FILES", SecurableType.ExternalLocation, false)]
    public void A_containers_grant_reaches_below_when_something_there_has_the_privilege(
        string privilege, SecurableType from, bool inherited)
    {
        Assert.Equal(inherited, PrivilegeMatrix.IsInheritable(privilege, from));
        Assert.Equal(inherited && privilege != "FLY", PrivilegeMatrix.ReachesBelow(from).Contains(privilege));
    }

    [Fact]
    public void Every_type_has_a_row() =>
        Assert.All(Enum.GetValues<SecurableType>(), type => Assert.Contains(
            type == SecurableType.Metastore ? "CREATE_CATALOG" : "MANAGE", PrivilegeMatrix.ApplicableTo(type, "")));

    // What came after the reference's matrix was drawn (reference unity-catalog-news.md).
    private static readonly HashSet<string> Newer = new(StringComparer.Ordinal)
    {
        "INSERT", "UPDATE", "DELETE", "READ_METADATA", "CREATE_FEATURE", "READ_FEATURE", "CREATE_SECRET", "READ_SECRET", "WRITE_SECRET",
        "REFERENCE_SECRET", "CREATE_SERVICE",
    };

    /// <summary>
    /// Each name of the reference's matrix is applicable where it says and, if no uncertain one, nowhere else; what is newer is left aside.
    /// </summary>
    [SharedDataTheory("unity-catalog/privileges.json")]
    [InlineData("catalog", SecurableType.Catalog)]
    [InlineData("schema", SecurableType.Schema)]
    [InlineData("table", SecurableType.Table)]
    [InlineData("function", SecurableType.Function)]
    [InlineData("volume", SecurableType.Volume)]
    [InlineData("external_location", SecurableType.ExternalLocation)]
    [InlineData("storage_credential", SecurableType.StorageCredential)]
    [InlineData("credential", SecurableType.ServiceCredential)]
    [InlineData("connection", SecurableType.Connection)]
    [InlineData("metastore", SecurableType.Metastore)]
    public void The_matrix_is_the_references(string pathType, SecurableType type)
    {
        using var json = SharedData.Read("unity-catalog/privileges.json");
        var kinds = json.RootElement.GetProperty(pathType).EnumerateObject()
            .ToDictionary(kind => kind.Name, kind => kind.Value.EnumerateArray().Select(name => name.GetString()!).ToList());
        var uncertain = kinds.GetValueOrDefault("?", []);

        foreach (var (kind, names) in kinds.Where(kind => kind.Key != "?"))
        {
            Assert.Equal(
                names.Union(uncertain).Except(Newer).Order(StringComparer.Ordinal),
                PrivilegeMatrix.ApplicableTo(type, kind).Except(Newer).Order(StringComparer.Ordinal));
        }
    }

    [SharedDataFact("unity-catalog/privileges.json")]
    public void Every_name_of_the_reference_is_known()
    {
        using var json = SharedData.Read("unity-catalog/privileges.json");
        var names = json.RootElement.EnumerateObject()
            .Where(type => !type.Name.StartsWith('_'))
            .SelectMany(type => type.Value.EnumerateObject())
            .SelectMany(kind => kind.Value.EnumerateArray())
            .Select(name => name.GetString()!).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.NotEqual(Applicability.Unknown, PrivilegeMatrix.Of(SecurableType.Table, "MANAGED", name)));
    }
}
