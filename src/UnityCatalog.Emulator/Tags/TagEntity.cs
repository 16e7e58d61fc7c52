using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Tags;

/// <summary>The entity of a tag: an object or a column of a table.</summary>
internal sealed record TagEntity(Securable Securable, string? Column)
{
    private const string Columns = "columns";

    /// <summary>Functions and models cannot be tagged through this API (reference §1.4).</summary>
    private static readonly Dictionary<string, SecurableFamily> Families = new(StringComparer.Ordinal)
    {
        ["catalogs"] = SecurableFamily.Catalog,
        ["schemas"] = SecurableFamily.Schema,
        ["tables"] = SecurableFamily.Table,
        ["volumes"] = SecurableFamily.Volume,
    };

    /// <summary>The entity, or the refusal that says what is wrong with its type or which part of its name is missing.</summary>
    public static TagEntity Require(Metastore metastore, string? type, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw Errors.InvalidParameter("Missing required field: entity_name");
        }

        return type == Columns ? RequireColumn(metastore, name)
            : Families.TryGetValue(type ?? "", out var family) ? new TagEntity(metastore.Require(family, name), null)
            : throw Errors.InvalidParameter($"Invalid entity_type: {type}");
    }

    // A column's name may hold dots; those of what it is in may not.
    private static TagEntity RequireColumn(Metastore metastore, string name)
    {
        var parts = name.Split('.', 4);
        if (parts.Length < 4)
        {
            throw Errors.InvalidName(name);
        }

        var table = metastore.Require(SecurableFamily.Table, string.Join('.', parts[..3]));
        var column = table.Details.Columns?.FirstOrDefault(one => string.Equals(one.Name, parts[3], StringComparison.OrdinalIgnoreCase));
        return column is null
            ? throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"Column '{name}' does not exist.")
            : new TagEntity(table, column.Name);
    }
}
