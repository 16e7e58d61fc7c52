using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Sql;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>Writes objects as REST shows them.</summary>
internal static class ObjectWriter
{
    public static ObjectInfo Write(Securable item, string metastoreId, ObjectView view)
    {
        var details = item.Details;
        var info = new ObjectInfo
        {
            Name = item.Name,
            FullName = item.FullName,
            Owner = item.Owner,
            Comment = details.Comment,
            MetastoreId = metastoreId,
            CreatedAt = item.CreatedAt,
            CreatedBy = item.CreatedBy,
            UpdatedAt = item.UpdatedAt,
            UpdatedBy = item.UpdatedBy,
            BrowseOnly = view.BrowseOnly ? true : null,
            StorageLocation = details.StorageLocation,
        };
        if (item.Family.IsLeaf())
        {
            info = info with { CatalogName = item.Parent!.Parent!.Name, SchemaName = item.Parent.Name };
        }

        return WriteMembersOf(item, info, view);
    }

    private static ObjectInfo WriteMembersOf(Securable item, ObjectInfo info, ObjectView view) => item.Family switch
    {
        SecurableFamily.Catalog => info with
        {
            CatalogType = item.Kind,
            IsolationMode = item.Bindings.Isolated ? "ISOLATED" : "OPEN",
            SecurableType = "CATALOG",
            Properties = item.Details.Properties,
        },
        SecurableFamily.Schema => info with
        {
            CatalogName = item.Parent!.Name,
            CatalogType = item.Parent.Kind,
            SchemaId = item.Id,
            Properties = item.Details.Properties,
        },
        SecurableFamily.Table => WriteTable(info, item, view),
        SecurableFamily.Function => WriteFunction(info, item),
        SecurableFamily.Volume => info with { VolumeId = item.Id, VolumeType = item.Kind },
        SecurableFamily.Model => info,
        SecurableFamily.StorageCredential or SecurableFamily.Credential => info with { Id = item.Id, IsolationMode = IsolationOf(item) },
        SecurableFamily.Connection => info with
        {
            ConnectionId = item.Id,
            ConnectionType = item.Details.ConnectionType,
            Options = item.Details.Options,
            Properties = item.Details.Properties,
            SecurableType = item.Family.UpperType(),
        },

        // External locations carry no id of their own (databricks-sdk-go, ExternalLocationInfo).
        _ => info with
        {
            Url = item.Details.StorageLocation,
            StorageLocation = null,
            CredentialName = item.Details.CredentialName,
            CredentialId = item.Details.CredentialName is { } name ? item.Parent?.Children(SecurableFamily.StorageCredential).Find(name)?.Id : null,
            IsolationMode = IsolationOf(item),
        },
    };

    // Catalogs spell it differently from all other kinds.
    private static string IsolationOf(Securable item) => item.Bindings.Isolated ? "ISOLATION_MODE_ISOLATED" : "ISOLATION_MODE_OPEN";

    public static KindManifest Manifest(Securable item) => new(
        item.Family.UpperType(),
        PrivilegeMatrix.SecurableKind(item),
        [.. PrivilegeMatrix.For(item).Order(StringComparer.Ordinal)]);

    private static ObjectInfo WriteFunction(ObjectInfo info, Securable item) => info with
    {
        FunctionId = item.Id,
        DataType = TypeName(item.Details.DataType ?? "string"),
        FullDataType = item.Details.DataType ?? "string",
        InputParams = item.Details.Parameters is { Count: > 0 } parameters
            ? new ParameterList([.. parameters.Select((parameter, position) =>
                new ParameterInfo(parameter.Name, parameter.Type, TypeName(parameter.Type), position))])
            : null,
        RoutineBody = "SQL",
        RoutineDefinition = item.Details.Definition,
        SecurityType = "DEFINER",
    };

    private static ObjectInfo WriteTable(ObjectInfo info, Securable item, ObjectView view) => info with
    {
        TableId = item.Id,
        TableType = item.Kind,
        DataSourceFormat = item.Kind is "MANAGED" or "EXTERNAL" ? "DELTA" : null,
        Columns = view.OmitColumns ? null : item.Details.Columns?.Select(WriteColumn).ToArray(),
        Properties = view.OmitProperties ? null : item.Details.Properties,
        RowFilter = item.Details.RowFilter is { } filter
            ? new RowFilterInfo(filter.Function, ColumnsOf(filter), [.. filter.Arguments.Select(Show)])
            : null,
        ViewDefinition = item.Details.Definition,
        SecurableKindManifest = view.Manifest ? Manifest(item) : null,
    };

    private static ColumnInfo WriteColumn(Column column, int position) =>
        new(column.Name, column.Type, TypeName(column.Type), position, column.Comment, column.Nullable ?? true, column.Mask is { } mask
            ? new MaskInfo(
                mask.Function,
                mask.Arguments.Count == 0 ? null : ColumnsOf(mask),
                mask.Arguments.Count == 0 ? null : [.. mask.Arguments.Select(Show)])
            : null);

    private static string[] ColumnsOf(Guard guard) => [.. guard.Arguments.Select(argument => argument.Column).OfType<string>()];

    private static GuardArgumentInfo Show(GuardArgument argument) => new(argument.Column, argument.Constant);

    /// <summary>A type's name in the enumeration of the API: LONG for bigint.</summary>
    public static string TypeName(string type) => type.Split('(', '<')[0].ToUpperInvariant() switch
    {
        "BIGINT" => "LONG",
        "SMALLINT" => "SHORT",
        "TINYINT" => "BYTE",
        "INTEGER" => "INT",
        var name => name,
    };
}

/// <summary>The requested view, and whether the caller sees the object through BROWSE only.</summary>
internal readonly record struct ObjectView(
    bool BrowseOnly = false, bool OmitColumns = false, bool OmitProperties = false, bool Manifest = false);
