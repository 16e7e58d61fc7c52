using UnityCatalog.Emulator.Permissions;

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

        return item.Family switch
        {
            SecurableFamily.Catalog => info with
            {
                CatalogType = item.Kind,
                IsolationMode = "OPEN",
                SecurableType = "CATALOG",
                Properties = details.Properties,
            },
            SecurableFamily.Schema => info with
            {
                CatalogName = item.Parent!.Name,
                CatalogType = item.Parent.Kind,
                SchemaId = item.Id,
                Properties = details.Properties,
            },
            SecurableFamily.Table => WriteTable(info, item, view),
            SecurableFamily.Function => info with
            {
                FunctionId = item.Id,
                DataType = TypeName(details.DataType ?? "string"),
                FullDataType = details.DataType ?? "string",
                RoutineBody = "SQL",
                RoutineDefinition = details.Definition,
                SecurityType = "DEFINER",
            },
            SecurableFamily.Volume => info with { VolumeId = item.Id, VolumeType = item.Kind },
            SecurableFamily.Model => info,
            _ => info with { Id = item.Id, SecurableType = item.Family.UpperType() },
        };
    }

    public static KindManifest Manifest(Securable item) => new(
        item.Family.UpperType(),
        PrivilegeMatrix.SecurableKind(item),
        [.. PrivilegeMatrix.For(item).Order(StringComparer.Ordinal)]);

    private static ObjectInfo WriteTable(ObjectInfo info, Securable item, ObjectView view) => info with
    {
        TableId = item.Id,
        TableType = item.Kind,
        DataSourceFormat = item.Kind is "MANAGED" or "EXTERNAL" ? "DELTA" : null,
        Columns = view.OmitColumns ? null : item.Details.Columns?.Select(WriteColumn).ToArray(),
        Properties = view.OmitProperties ? null : item.Details.Properties,
        ViewDefinition = item.Details.Definition,
        SecurableKindManifest = view.Manifest ? Manifest(item) : null,
    };

    private static ColumnInfo WriteColumn(Column column, int position) =>
        new(column.Name, column.Type, TypeName(column.Type), position, column.Comment, column.Nullable ?? true);

    private static string TypeName(string type) => type.Split('(', '<')[0].ToUpperInvariant() switch
    {
        "BIGINT" => "LONG",
        "SMALLINT" => "SHORT",
        "TINYINT" => "BYTE",
        "INTEGER" => "INT",
        var name => name,
    };
}

/// <summary>What a reader asked for, and whether BROWSE is all that lets them see it.</summary>
internal readonly record struct ObjectView(
    bool BrowseOnly = false, bool OmitColumns = false, bool OmitProperties = false, bool Manifest = false);
