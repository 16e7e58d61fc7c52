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
        _ => WireNames.Of(type),
    };

    /// <summary>Names in a full name: 1 for a catalog, 2 for a schema, 3 for what lies in a schema.</summary>
    public static int Depth(this SecurableType type) => type switch
    {
        SecurableType.Catalog => 1,
        SecurableType.Schema => 2,
        _ => 3,
    };

    /// <summary>True for catalogs and schemas, whose grants reach everything below them.</summary>
    public static bool IsContainer(this SecurableType type) => type is SecurableType.Catalog or SecurableType.Schema;

    /// <summary>What a schema holds, in the order in which a walk visits it.</summary>
    public static IReadOnlyList<SecurableType> InSchema { get; } =
        [SecurableType.Table, SecurableType.Function, SecurableType.Volume, SecurableType.Model];
}
