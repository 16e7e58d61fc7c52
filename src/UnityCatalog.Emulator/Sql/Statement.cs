using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Sql;

/// <summary>A statement that the emulator can execute (reference §3.1).</summary>
internal abstract record Statement;

internal sealed record CreateSchema(string[] Name, bool IfNotExists, string? Comment) : Statement;

internal sealed record CreateTable(string[] Name, bool Replaces, bool IfNotExists, IReadOnlyList<(string Name, SqlType Type)> Columns, string? Comment) : Statement;

internal sealed record CreateFunction(
    string[] Name, bool Replaces, bool IfNotExists, IReadOnlyList<(string Name, SqlType Type)> Parameters,
    SqlType Returns, string? Comment, Expression Body, string BodyText) : Statement;

/// <summary>DROP of anything but a function; <paramref name="Cascades"/> also drops the content of a container.</summary>
internal sealed record DropObject(SecurableFamily Family, string[] Name, bool IfExists, bool Cascades) : Statement;

/// <summary>ALTER … [SET] OWNER TO.</summary>
internal sealed record SetOwner(SecurableFamily Family, string[] Name, string Owner) : Statement;

/// <summary>ALTER {TABLE | VIEW} … RENAME TO; the new name may be the last part alone.</summary>
internal sealed record RenameTable(string[] Name, string[] NewName) : Statement;

/// <summary>GRANT or REVOKE, by which of the two lists is filled.</summary>
internal sealed record ChangeGrants(
    SecurableFamily Family, string[] Name, string Principal, IReadOnlyList<string> Add, IReadOnlyList<string> Remove) : Statement;

/// <summary>SHOW GRANTS, of one principal or of all.</summary>
internal sealed record ShowGrants(SecurableFamily Family, string[] Name, string? Principal) : Statement;

/// <summary>INSERT INTO … VALUES: a value for each column, in their order.</summary>
internal sealed record InsertRows(string[] Name, IReadOnlyList<IReadOnlyList<Expression>> Rows) : Statement;

/// <summary>SELECT from nothing or one table.</summary>
/// <param name="Items">Expressions and their names; null is <c>*</c>.</param>
/// <param name="From">The table; null without one.</param>
/// <param name="Where">Rows for which it is not true are left out.</param>
/// <param name="Limit">The most rows.</param>
internal sealed record Select(
    IReadOnlyList<SelectItem>? Items, string[]? From, Expression? Where, int? Limit) : Statement;

/// <summary>One column of a result.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Value">Its value in each row; null for <c>count(*)</c>.</param>
internal sealed record SelectItem(string Name, Expression? Value);

internal sealed record DropFunction(string[] Name, bool IfExists) : Statement;

/// <summary>A change of one table. <paramref name="Kind"/> is the word after ALTER: TABLE, MATERIALIZED VIEW, STREAMING TABLE.</summary>
internal abstract record AlterTable(string Kind, string[] Name) : Statement;

internal sealed record SetRowFilter(string Kind, string[] Name, string[] Function, IReadOnlyList<GuardArgument> Arguments) : AlterTable(Kind, Name);

internal sealed record DropRowFilter(string Kind, string[] Name) : AlterTable(Kind, Name);

internal sealed record SetMask(string Kind, string[] Name, string Column, string[] Function, IReadOnlyList<GuardArgument> Arguments) : AlterTable(Kind, Name);

internal sealed record DropMask(string Kind, string[] Name, string Column) : AlterTable(Kind, Name);

/// <summary>An argument of a filter or mask besides the masked column: a column or a constant.</summary>
internal sealed record GuardArgument(string? Column = null, string? Constant = null);
