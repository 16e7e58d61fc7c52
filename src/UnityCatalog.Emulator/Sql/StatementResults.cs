using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Writes the result of a statement as one inline chunk of the format JSON_ARRAY (reference §1.6).</summary>
internal static class StatementResults
{
    private const string Format = "JSON_ARRAY";

    public static StatementManifest ManifestOf(SqlRows? rows) => rows is null
        ? new StatementManifest(Format, 0, 0, Truncated: false)
        : new StatementManifest(
            Format, 1, rows.Rows.Count, Truncated: false,
            new StatementSchema(rows.Columns.Count, [.. rows.Columns.Select((column, position) => new StatementColumn(
                column.Name, column.Type.Text.ToUpperInvariant(), ObjectWriter.TypeName(column.Type.Text), position))]),
            [new StatementChunk(0, 0, rows.Rows.Count)]);

    public static StatementResult Of(SqlRows? rows) => rows is null
        ? new StatementResult()
        : new StatementResult { ChunkIndex = 0, RowOffset = 0, RowCount = rows.Rows.Count, DataArray = rows.Rows };
}
