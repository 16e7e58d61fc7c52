using System.Collections.Frozen;
using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>
/// Which privilege may be granted on which kind: privilege model version 1.0 (reference §2), and what workspaces have
/// gained since: READ_METADATA, the parts of MODIFY, features, secrets, services (reference unity-catalog-news.md).
/// </summary>
internal static class PrivilegeMatrix
{
    private const string Metadata = " READ_METADATA";
    private const string Changes = " READ_METADATA INSERT UPDATE DELETE";
    private const string Contents =
        " CREATE_MODEL_VERSION CREATE_FEATURE READ_FEATURE CREATE_SECRET READ_SECRET WRITE_SECRET REFERENCE_SECRET CREATE_SERVICE";

    private static readonly FrozenSet<string> Metastore = Set(
        "CREATE_CATALOG CREATE_CLEAN_ROOM CREATE_CONNECTION CREATE_EXTERNAL_LOCATION CREATE_EXTERNAL_METADATA " +
        "CREATE_PROVIDER CREATE_RECIPIENT CREATE_SERVICE_CREDENTIAL CREATE_SHARE CREATE_STORAGE_CREDENTIAL " +
        "MANAGE_ALLOWLIST SET_SHARE_PERMISSION USE_MARKETPLACE_ASSETS USE_PROVIDER USE_RECIPIENT USE_SHARE" + Metadata);

    private static readonly FrozenSet<string> Catalog = Set(
        "ALL_PRIVILEGES APPLY_TAG BROWSE CREATE_FUNCTION CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_SCHEMA " +
        "CREATE_TABLE CREATE_VOLUME EXECUTE MANAGE MODIFY READ_VOLUME REFRESH SELECT USE_CATALOG USE_SCHEMA WRITE_VOLUME" +
        " EXTERNAL_USE_SCHEMA" + Changes + Contents);

    private static readonly FrozenSet<string> Schema = Set(
        "ALL_PRIVILEGES APPLY_TAG CREATE_FUNCTION CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_TABLE CREATE_VOLUME " +
        "EXECUTE EXTERNAL_USE_SCHEMA MANAGE MODIFY READ_VOLUME REFRESH SELECT USE_SCHEMA WRITE_VOLUME" + Changes + Contents);

    private static readonly FrozenSet<string> WritableTable = Set("ALL_PRIVILEGES APPLY_TAG MANAGE MODIFY SELECT" + Changes);
    private static readonly FrozenSet<string> ReadOnlyTable = Set("ALL_PRIVILEGES APPLY_TAG MANAGE SELECT" + Metadata);
    private static readonly FrozenSet<string> MaterializedView = Set("ALL_PRIVILEGES APPLY_TAG MANAGE REFRESH SELECT" + Metadata);
    private static readonly FrozenSet<string> Function = Set("ALL_PRIVILEGES EXECUTE MANAGE" + Metadata);
    private static readonly FrozenSet<string> Model = Set("ALL_PRIVILEGES APPLY_TAG CREATE_MODEL_VERSION EXECUTE MANAGE" + Metadata);
    private static readonly FrozenSet<string> Volume = Set("ALL_PRIVILEGES APPLY_TAG MANAGE READ_VOLUME WRITE_VOLUME" + Metadata);

    private static readonly FrozenSet<string> ExternalLocation = Set(
        "ALL_PRIVILEGES BROWSE CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_SECURABLE " +
        "CREATE_MANAGED_STORAGE EXTERNAL_USE_LOCATION MANAGE READ_FILES WRITE_FILES");

    private static readonly FrozenSet<string> StorageCredential =
        Set("ALL_PRIVILEGES CREATE_EXTERNAL_LOCATION CREATE_EXTERNAL_TABLE MANAGE");

    private static readonly FrozenSet<string> Credential = Set("ACCESS ALL_PRIVILEGES CREATE_CONNECTION MANAGE");
    private static readonly FrozenSet<string> Connection = Set("ALL_PRIVILEGES CREATE_FOREIGN_CATALOG MANAGE USE_CONNECTION");

    public static FrozenSet<string> For(Securable securable) => securable.Family switch
    {
        SecurableFamily.Metastore => Metastore,
        SecurableFamily.Catalog => Catalog,
        SecurableFamily.Schema => Schema,
        SecurableFamily.Table => securable.Kind switch
        {
            "VIEW" or "METRIC_VIEW" or "FOREIGN" => ReadOnlyTable,
            "MATERIALIZED_VIEW" => MaterializedView,
            _ => WritableTable,
        },
        SecurableFamily.Function => Function,
        SecurableFamily.Model => Model,
        SecurableFamily.Volume => Volume,
        SecurableFamily.ExternalLocation => ExternalLocation,
        SecurableFamily.StorageCredential => StorageCredential,
        SecurableFamily.Credential => Credential,
        _ => Connection,
    };

    /// <summary>The server's own words, the same for an unknown privilege (reference §2).</summary>
    public static ApiException NotApplicable(string privilege, Securable on) => Errors.InvalidParameter(
        $"Privilege {privilege.Replace('_', ' ')} is not applicable to this entity " +
        $"[{on.FullName}:{on.Family.UpperType()}/{SecurableKind(on)}]. If this seems unexpected, " +
        "please check the privilege version of the metastore in use [1.0].");

    public static string SecurableKind(Securable securable) => securable.Family switch
    {
        SecurableFamily.Table => securable.Kind switch
        {
            "MANAGED" or "MANAGED_SHALLOW_CLONE" => "TABLE_DELTA",
            "EXTERNAL" or "EXTERNAL_SHALLOW_CLONE" => "TABLE_DELTA_EXTERNAL",
            "STREAMING_TABLE" => "TABLE_STREAMING_LIVE_TABLE",
            "FOREIGN" => "TABLE_FOREIGN_SQLSERVER",
            var kind => $"TABLE_{kind}",
        },
        SecurableFamily.Model => "FUNCTION_REGISTERED_MODEL",
        SecurableFamily.Volume => $"VOLUME_{securable.Kind}",
        var family => $"{family.UpperType()}_STANDARD",
    };

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
