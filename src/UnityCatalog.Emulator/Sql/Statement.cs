namespace UnityCatalog.Emulator.Sql;

/// <summary>A statement that the emulator can carry out (reference §3.1).</summary>
internal abstract record Statement;

internal sealed record CreateSchema(string[] Name, bool IfNotExists, string? Comment) : Statement;

internal sealed record CreateTable(string[] Name, bool IfNotExists, IReadOnlyList<(string Name, SqlType Type)> Columns, string? Comment) : Statement;

internal sealed record CreateFunction(
    string[] Name, bool Replaces, bool IfNotExists, IReadOnlyList<(string Name, SqlType Type)> Parameters,
    SqlType Returns, string? Comment, Expression Body, string BodyText) : Statement;

internal sealed record DropFunction(string[] Name, bool IfExists) : Statement;

/// <summary>A change of one table. <paramref name="Kind"/> is the word after ALTER: TABLE, MATERIALIZED VIEW, STREAMING TABLE.</summary>
internal abstract record AlterTable(string Kind, string[] Name) : Statement;

internal sealed record SetRowFilter(string Kind, string[] Name, string[] Function, IReadOnlyList<GuardArgument> Arguments) : AlterTable(Kind, Name);

internal sealed record DropRowFilter(string Kind, string[] Name) : AlterTable(Kind, Name);

internal sealed record SetMask(string Kind, string[] Name, string Column, string[] Function, IReadOnlyList<GuardArgument> Arguments) : AlterTable(Kind, Name);

internal sealed record DropMask(string Kind, string[] Name, string Column) : AlterTable(Kind, Name);

/// <summary>What a filter or mask is given beside the masked column: a column, or a constant.</summary>
internal sealed record GuardArgument(string? Column = null, string? Constant = null);
