using System.Text.Json.Serialization;

namespace PolicySync.Core.Securables;

/// <summary>
/// Kinds of object that Unity Catalog grants privileges on. Views, materialized views and streaming tables are
/// <see cref="Table"/>: Unity Catalog's paths know no other word for them.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<SecurableType>))]
public enum SecurableType
{
    /// <summary>A catalog; one name.</summary>
    [JsonStringEnumMemberName("catalog")] Catalog,

    /// <summary>A schema; two names.</summary>
    [JsonStringEnumMemberName("schema")] Schema,

    /// <summary>A table, view, materialized view, streaming table, metric view or foreign table; three names.</summary>
    [JsonStringEnumMemberName("table")] Table,

    /// <summary>A function; three names.</summary>
    [JsonStringEnumMemberName("function")] Function,

    /// <summary>A volume; three names.</summary>
    [JsonStringEnumMemberName("volume")] Volume,

    /// <summary>A registered model; three names. Its permissions path says <c>function</c>.</summary>
    [JsonStringEnumMemberName("model")] Model,

    /// <summary>An external location; one name.</summary>
    [JsonStringEnumMemberName("external_location")] ExternalLocation,

    /// <summary>A storage credential; one name.</summary>
    [JsonStringEnumMemberName("storage_credential")] StorageCredential,

    /// <summary>A service credential; one name. Its permissions path says <c>credential</c>.</summary>
    [JsonStringEnumMemberName("service_credential")] ServiceCredential,

    /// <summary>A connection to another system; one name.</summary>
    [JsonStringEnumMemberName("connection")] Connection,

    /// <summary>The metastore; its one name is its id, which is how permissions address it.</summary>
    [JsonStringEnumMemberName("metastore")] Metastore,
}

/// <summary>Facts about each <see cref="SecurableType"/>.</summary>
public static class SecurableTypes
{
    /// <summary>
    /// The <c>securable_type</c> of the permissions path. Registered models share <c>function</c> with functions, so
    /// two of them of one name are one securable to the permissions API
    /// (terraform-provider-databricks, catalog/permissions/permissions.go, Mappings).
    /// </summary>
    public static string PathType(this SecurableType type) => type switch
    {
        SecurableType.Model => "function",
        SecurableType.ServiceCredential => "credential",
        _ => WireNames.Of(type),
    };

    /// <summary>
    /// Names in a full name: 1 for a catalog and for a securable outside catalogs, 2 for a schema, 3 for what lies in a
    /// schema.
    /// </summary>
    public static int Depth(this SecurableType type) => type switch
    {
        SecurableType.Schema => 2,
        SecurableType.Table or SecurableType.Function or SecurableType.Volume or SecurableType.Model => 3,
        _ => 1,
    };

    /// <summary>
    /// The levels that name a securable, outermost first: in a task's values, and in Ranger's service definition, whose
    /// levels are called like the types.
    /// </summary>
    public static IReadOnlyList<string> Levels(this SecurableType type) => type.Depth() switch
    {
        1 => [WireNames.Of(type)],
        2 => [WireNames.Of(SecurableType.Catalog), WireNames.Of(type)],
        _ => [WireNames.Of(SecurableType.Catalog), WireNames.Of(SecurableType.Schema), WireNames.Of(type)],
    };

    /// <summary>The levels of all types, each once, outermost first.</summary>
    public static IReadOnlyList<string> AllLevels { get; } =
        [.. Enum.GetValues<SecurableType>().SelectMany(type => type.Levels()).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// True for securables outside catalogs, which have no container and no children, and which no walk visits: locations,
    /// credentials, connections, the metastore. Nothing is inherited from the metastore (reference unity-catalog.md §2).
    /// </summary>
    public static bool IsBesideCatalogs(this SecurableType type) => type.Depth() == 1 && type != SecurableType.Catalog;

    /// <summary>True for catalogs and schemas, whose grants reach everything below them.</summary>
    public static bool IsContainer(this SecurableType type) => type is SecurableType.Catalog or SecurableType.Schema;

    /// <summary>What a schema holds, in the order in which a walk visits it.</summary>
    public static IReadOnlyList<SecurableType> InSchema { get; } =
        [SecurableType.Table, SecurableType.Function, SecurableType.Volume, SecurableType.Model];
}
