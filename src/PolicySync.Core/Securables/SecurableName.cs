namespace PolicySync.Core.Securables;

/// <summary>Unity Catalog's rules for object names, and the names that are never synced.</summary>
public static class SecurableName
{
    /// <summary>Longest name of one level, in characters. Source: Databricks, «Names» (SQL reference).</summary>
    public const int MaxLength = 255;

    private static readonly HashSet<string> ReservedCatalogs =
        new(StringComparer.OrdinalIgnoreCase) { "hive_metastore", "system", "samples", "__databricks_internal" };

    /// <summary>
    /// Says what is wrong with <paramref name="name"/>, or null when it is a name that an object can have.
    /// Wildcards are refused too: a task names objects, it does not search for them.
    /// </summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0)
        {
            return "is empty";
        }

        if (name.Length > MaxLength)
        {
            return $"is longer than {MaxLength} characters";
        }

        foreach (var c in name)
        {
            if (c is '.' or '/' or '*' or '?' or ' ' || char.IsControl(c))
            {
                return char.IsControl(c) ? "holds a control character" : $"holds `{c}`";
            }
        }

        return null;
    }

    /// <summary>Catalogs that Unity Catalog does not govern by grants or that belong to Databricks.</summary>
    public static bool IsReservedCatalog(string catalog) => ReservedCatalogs.Contains(catalog);

    /// <summary>The schema that every catalog lists and that takes no grants.</summary>
    public static bool IsReservedSchema(string schema) =>
        string.Equals(schema, "information_schema", StringComparison.OrdinalIgnoreCase);
}
