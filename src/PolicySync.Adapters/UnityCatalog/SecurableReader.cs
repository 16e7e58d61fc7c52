using System.Globalization;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>How each type is read: its collection in paths, its array in listings, its kind and its identity.</summary>
internal static class SecurableReader
{
    private const string StoragePurpose = "STORAGE";
    private const string ServicePurpose = "SERVICE";

    // The last instant of the year 9999.
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>The collection in the object's own paths; registered models have <c>/models</c>, unlike in permissions.</summary>
    public static string Collection(SecurableType type) => type switch
    {
        SecurableType.Catalog => "catalogs",
        SecurableType.Schema => "schemas",
        SecurableType.Table => "tables",
        SecurableType.Function => "functions",
        SecurableType.Volume => "volumes",
        SecurableType.Model => "models",
        SecurableType.ExternalLocation => "external-locations",
        SecurableType.StorageCredential => "storage-credentials",
        SecurableType.ServiceCredential => "credentials",
        SecurableType.Connection => "connections",
        SecurableType.Metastore => "metastores",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no listing"),
    };

    /// <summary>The array of <paramref name="page"/> that holds objects of <paramref name="type"/>; null when it is absent.</summary>
    public static IReadOnlyList<ObjectAnswer?>? Items(SecurableType type, ObjectPageAnswer page) => type switch
    {
        SecurableType.Catalog => page.Catalogs,
        SecurableType.Schema => page.Schemas,
        SecurableType.Table => page.Tables,
        SecurableType.Function => page.Functions,
        SecurableType.Volume => page.Volumes,
        SecurableType.Model => page.RegisteredModels,
        SecurableType.ExternalLocation => page.ExternalLocations,
        SecurableType.StorageCredential => page.StorageCredentials,
        SecurableType.ServiceCredential => page.Credentials,
        SecurableType.Connection => page.Connections,
        SecurableType.Metastore => page.Metastores,
        _ => null,
    };

    /// <summary>
    /// Whether <paramref name="answer"/> is of another type than the collection's: <c>/credentials</c> has storage
    /// credentials too, which have their own type, path and privileges.
    /// </summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: a credential does not say which it is.</exception>
    public static bool IsOther(SecurableType type, ObjectAnswer answer) =>
        type == SecurableType.ServiceCredential && answer.Purpose switch
        {
            StoragePurpose => true,
            ServicePurpose => false,
            _ => throw WorkspaceErrors.Lacking("an answer about a credential", "its purpose"),
        };

    /// <summary>
    /// The securable of a listing's <paramref name="item"/>; null when no object can have its name.
    /// </summary>
    public static Securable? Identify(SecurableType type, Securable? parent, ObjectAnswer item)
    {
        // A metastore is identified by its id.
        var name = (type == SecurableType.Metastore ? item.MetastoreId : item.Name) ?? item.FullName?[(item.FullName.LastIndexOf('.') + 1)..] ?? "";
        return SecurableName.Fault(name) is null ? Securable.Of(type, [.. parent?.Parts ?? [], name]) : null;
    }

    /// <summary>What <paramref name="answer"/> says about <paramref name="securable"/>.</summary>
    public static SecurableFacts Facts(Securable securable, ObjectAnswer answer) =>
        new(securable, Kind(securable.Type, answer), NullIfEmpty(answer.Owner), Identity(securable.Type, answer))
        {
            CreatedAt = Time(answer.CreatedAt),
            // For other types neither changes when grants do.
            ChangedBy = securable.Type == SecurableType.Schema ? NullIfEmpty(answer.UpdatedBy) : null,
            ChangedAt = securable.Type == SecurableType.Schema ? Time(answer.UpdatedAt) : null,
        };

    /// <summary>What <paramref name="answer"/> says about <paramref name="table"/> in a list of tables.</summary>
    public static ListedTable Listed(Securable table, ObjectAnswer answer) => new(table, NullIfEmpty(answer.TableType), Identity(table.Type, answer))
    {
        CreatedAt = Time(answer.CreatedAt),
        UpdatedAt = Time(answer.UpdatedAt),
    };

    private static string Kind(SecurableType type, ObjectAnswer answer) => type switch
    {
        SecurableType.Table => NullIfEmpty(answer.TableType)?.ToUpperInvariant() ?? "TABLE",
        SecurableType.Model => "REGISTERED_MODEL",
        _ => WireNames.Of(type).ToUpperInvariant(),
    };

    // Catalogs, registered models and external locations carry no id of their own (databricks-sdk-go, CatalogInfo,
    // RegisteredModelInfo and ExternalLocationInfo).
    private static string? Identity(SecurableType type, ObjectAnswer answer) => NullIfEmpty(type switch
        {
            SecurableType.Schema => answer.SchemaId,
            SecurableType.Table => answer.TableId,
            SecurableType.Function => answer.FunctionId,
            SecurableType.Volume => answer.VolumeId,
            SecurableType.StorageCredential or SecurableType.ServiceCredential => answer.Id,
            SecurableType.Connection => answer.ConnectionId,
            SecurableType.Metastore => answer.MetastoreId,
            _ => null,
        }) ?? answer.CreatedAt?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time of the workspace; null for none, and for one that no clock can have.</summary>
    public static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is >= 0 and <= MaxMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
