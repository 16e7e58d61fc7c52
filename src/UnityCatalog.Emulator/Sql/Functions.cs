using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Functions of the metastore as SQL sees them, and which tables use them.</summary>
internal static class Functions
{
    /// <summary>The function of a full name in lower case; null when it does not exist.</summary>
    /// <exception cref="SqlException">The emulator cannot parse its body.</exception>
    public static SqlFunction? Find(Workspace workspace, string fullName) =>
        Locate(workspace, fullName) is { } found ? Read(found) : null;

    public static Securable? Locate(Workspace workspace, string fullName)
    {
        var parts = fullName.Split('.');
        return parts.Length != 3 ? null : workspace.Metastore.Root.Children(SecurableFamily.Catalog).Find(parts[0])
            ?.Children(SecurableFamily.Schema).Find(parts[1])
            ?.Children(SecurableFamily.Function).Find(parts[2]);
    }

    /// <summary>Full names of the tables that use the function as filter or mask.</summary>
    public static IEnumerable<string> TablesUsing(Workspace workspace, string function)
    {
        foreach (var catalog in workspace.Metastore.Root.Children(SecurableFamily.Catalog).After(null))
        {
            foreach (var table in catalog.Children(SecurableFamily.Schema).After(null).SelectMany(schema => schema.Children(SecurableFamily.Table).After(null)))
            {
                if (table.Details.RowFilter?.Function == function
                    || table.Details.Columns?.Any(column => column.Mask?.Function == function) == true)
                {
                    yield return table.FullName;
                }
            }
        }
    }

    private static SqlFunction Read(Securable function)
    {
        var details = function.Details;
        return new SqlFunction(
            function.FullName,
            [.. (details.Parameters ?? []).Select(parameter => (parameter.Name, SqlType.Of(parameter.Type)))],
            SqlType.Of(details.DataType ?? "string"),
            ExpressionParser.Parse(details.Definition ?? "NULL"));
    }
}
