using System.Collections.Frozen;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Privileges;

/// <summary>
/// Privilege model version 1.0, one row per kind. Sources: Databricks, «Unity Catalog privileges reference»;
/// terraform-provider-databricks, docs/resources/grants.md (reference unity-catalog.md §2). The second text of a row is
/// what only one of them names, or what is newer than the model's version and so not in every workspace: READ_METADATA, the
/// parts of MODIFY, features, secrets and services (reference unity-catalog-news.md).
/// </summary>
internal static class PrivilegeTable
{
    private const string Writable = "ALL_PRIVILEGES APPLY_TAG MANAGE MODIFY SELECT";
    private const string ReadOnly = "ALL_PRIVILEGES APPLY_TAG MANAGE SELECT";
    private const string Metadata = "READ_METADATA";
    private const string Changes = "READ_METADATA INSERT UPDATE DELETE";

    // Of a catalog and of its schemas.
    private const string Contents =
        "CREATE_FEATURE READ_FEATURE CREATE_SECRET READ_SECRET WRITE_SECRET REFERENCE_SECRET CREATE_SERVICE";

    private static readonly FrozenDictionary<string, PrivilegeRow> Tables = new Dictionary<string, PrivilegeRow>
    {
        ["MANAGED"] = PrivilegeRow.Of(Writable, Changes),
        ["MANAGED_SHALLOW_CLONE"] = PrivilegeRow.Of(Writable, Changes),
        ["EXTERNAL"] = PrivilegeRow.Of(Writable, Changes),
        ["EXTERNAL_SHALLOW_CLONE"] = PrivilegeRow.Of(Writable, Changes),
        ["STREAMING_TABLE"] = PrivilegeRow.Of(Writable, Changes),
        ["FOREIGN"] = PrivilegeRow.Of(ReadOnly, Metadata),
        ["VIEW"] = PrivilegeRow.Of(ReadOnly, Metadata),
        ["METRIC_VIEW"] = PrivilegeRow.Of(ReadOnly, Metadata),
        ["MATERIALIZED_VIEW"] = PrivilegeRow.Of($"{ReadOnly} REFRESH", Metadata),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly PrivilegeRow OtherTable = PrivilegeRow.Cautious(Tables.Values);

    private static readonly PrivilegeRow Catalog = PrivilegeRow.Of(
        "ALL_PRIVILEGES APPLY_TAG BROWSE CREATE_FUNCTION CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_SCHEMA CREATE_TABLE " +
        "CREATE_VOLUME EXECUTE MANAGE MODIFY READ_VOLUME REFRESH SELECT USE_CATALOG USE_SCHEMA WRITE_VOLUME",
        $"EXTERNAL_USE_SCHEMA CREATE_MODEL_VERSION CREATE_CONNECTION {Changes} {Contents}");

    private static readonly PrivilegeRow Schema = PrivilegeRow.Of(
        "ALL_PRIVILEGES APPLY_TAG CREATE_FUNCTION CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_TABLE CREATE_VOLUME EXECUTE " +
        "EXTERNAL_USE_SCHEMA MANAGE MODIFY READ_VOLUME REFRESH SELECT USE_SCHEMA WRITE_VOLUME",
        $"CREATE_MODEL_VERSION {Changes} {Contents}");

    private static readonly PrivilegeRow Function = PrivilegeRow.Of("ALL_PRIVILEGES EXECUTE MANAGE", Metadata);

    private static readonly PrivilegeRow Model =
        PrivilegeRow.Of("ALL_PRIVILEGES APPLY_TAG CREATE_MODEL_VERSION EXECUTE MANAGE", Metadata);

    private static readonly PrivilegeRow Volume =
        PrivilegeRow.Of("ALL_PRIVILEGES APPLY_TAG MANAGE READ_VOLUME WRITE_VOLUME", Metadata);

    private static readonly PrivilegeRow ExternalLocation = PrivilegeRow.Of(
        "ALL_PRIVILEGES BROWSE CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_SECURABLE " +
        "CREATE_MANAGED_STORAGE EXTERNAL_USE_LOCATION MANAGE READ_FILES WRITE_FILES");

    private static readonly PrivilegeRow StorageCredential = PrivilegeRow.Of(
        "ALL_PRIVILEGES CREATE_EXTERNAL_LOCATION CREATE_EXTERNAL_TABLE MANAGE", "READ_FILES WRITE_FILES");

    private static readonly PrivilegeRow ServiceCredential = PrivilegeRow.Of("ACCESS ALL_PRIVILEGES CREATE_CONNECTION MANAGE");

    private static readonly PrivilegeRow Connection =
        PrivilegeRow.Of("ALL_PRIVILEGES CREATE_FOREIGN_CATALOG MANAGE USE_CONNECTION");

    // Neither ALL_PRIVILEGES nor MANAGE, and nothing of it is handed down but READ_METADATA.
    private static readonly PrivilegeRow Metastore = PrivilegeRow.Of(
        "CREATE_CATALOG CREATE_CLEAN_ROOM CREATE_CONNECTION CREATE_EXTERNAL_LOCATION CREATE_EXTERNAL_METADATA " +
        "CREATE_PROVIDER CREATE_RECIPIENT CREATE_SERVICE_CREDENTIAL CREATE_SHARE CREATE_STORAGE_CREDENTIAL " +
        "MANAGE_ALLOWLIST SET_SHARE_PERMISSION USE_MARKETPLACE_ASSETS USE_PROVIDER USE_RECIPIENT USE_SHARE", Metadata);

    // What lies in a schema and a task cannot name: features, secrets, and services of models and tools.
    private static readonly PrivilegeRow[] OthersInSchema =
    [
        PrivilegeRow.Of("ALL_PRIVILEGES MANAGE", "READ_METADATA READ_FEATURE READ_SECRET WRITE_SECRET REFERENCE_SECRET"),
        PrivilegeRow.Of("ALL_PRIVILEGES APPLY_TAG EXECUTE MANAGE", Metadata),
    ];

    // A task cannot name these securables, but their privileges are known names.
    private static readonly PrivilegeRow[] Others =
    [
        PrivilegeRow.Of("BROWSE EXECUTE_CLEAN_ROOM_TASK MANAGE MODIFY_CLEAN_ROOM"),
        PrivilegeRow.Of("ALL_PRIVILEGES APPLY_TAG BROWSE MANAGE MODIFY"),
    ];

    /// <summary>All names that any kind of any securable has.</summary>
    public static FrozenSet<string> Known { get; } = Others.Concat(OthersInSchema)
        .Concat(Tables.Values).Concat([Catalog, Schema, Function, Model, Volume])
        .Concat([ExternalLocation, StorageCredential, ServiceCredential, Connection, Metastore])
        .SelectMany(row => row.Applicable)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The row of a kind. Only tables and functions come in several kinds that differ.</summary>
    public static PrivilegeRow For(SecurableType type, string kind) => type switch
    {
        SecurableType.Catalog => Catalog,
        SecurableType.Schema => Schema,
        SecurableType.Table => Tables.GetValueOrDefault(kind, OtherTable),
        SecurableType.Function when string.Equals(kind, "REGISTERED_MODEL", StringComparison.OrdinalIgnoreCase) => Model,
        SecurableType.Function => Function,
        SecurableType.Model => Model,
        SecurableType.Volume => Volume,
        SecurableType.ExternalLocation => ExternalLocation,
        SecurableType.StorageCredential => StorageCredential,
        SecurableType.ServiceCredential => ServiceCredential,
        SecurableType.Connection => Connection,
        SecurableType.Metastore => Metastore,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no row"),
    };

    /// <summary>The rows of everything that can lie below a container.</summary>
    public static IEnumerable<PrivilegeRow> Below(SecurableType container)
    {
        IEnumerable<PrivilegeRow> leaves = [.. Tables.Values, Function, Model, Volume, .. OthersInSchema];
        return container switch
        {
            SecurableType.Catalog => leaves.Prepend(Schema),
            SecurableType.Schema => leaves,
            SecurableType.Metastore => leaves.Append(Schema).Append(Catalog),
            _ => [],
        };
    }
}
