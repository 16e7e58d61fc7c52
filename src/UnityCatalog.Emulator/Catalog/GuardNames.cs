namespace UnityCatalog.Emulator.Catalog;

/// <summary>Updates row filters and masks when their function is renamed.</summary>
internal static class GuardNames
{
    /// <param name="metastore">Whose tables are looked through.</param>
    /// <param name="former">The full name that the object had.</param>
    /// <param name="renamed">A function, or a container of functions.</param>
    public static void Follow(Metastore metastore, string former, Securable renamed)
    {
        var (prefix, name) = (former + ".", renamed.FullName);
        string New(string function) => function == former ? name
            : function.StartsWith(prefix, StringComparison.Ordinal) ? $"{name}.{function[prefix.Length..]}" : function;
        Guard? Told(Guard? guard) => guard is null ? null : guard with { Function = New(guard.Function) };
        foreach (var table in metastore.Root.Children(SecurableFamily.Catalog).After(null)
            .SelectMany(catalog => catalog.Children(SecurableFamily.Schema).After(null))
            .SelectMany(schema => schema.Children(SecurableFamily.Table).After(null)))
        {
            table.Details = table.Details with
            {
                RowFilter = Told(table.Details.RowFilter),
                Columns = table.Details.Columns is { } columns ? [.. columns.Select(column => column with { Mask = Told(column.Mask) })] : null,
            };
        }
    }
}
