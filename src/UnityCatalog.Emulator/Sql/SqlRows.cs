namespace UnityCatalog.Emulator.Sql;

/// <summary>The result of a statement.</summary>
/// <param name="Columns">Names and types.</param>
/// <param name="Rows">Values as text, null for NULL.</param>
internal sealed record SqlRows(IReadOnlyList<(string Name, SqlType Type)> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows);
