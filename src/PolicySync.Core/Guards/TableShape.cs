using PolicySync.Core.Securables;

namespace PolicySync.Core.Guards;

/// <summary>What GET table says that guards need: columns with their types, and what guards the table now.</summary>
/// <param name="Facts">The table.</param>
/// <param name="Columns">Its columns in order.</param>
/// <param name="RowFilter">The row filter in force; null when there is none.</param>
public sealed record TableShape(SecurableFacts Facts, IReadOnlyList<TableColumn> Columns, AttachedGuard? RowFilter)
{
    /// <summary>
    /// Why <see cref="Columns"/> cannot be all of the table's columns, for people; null when they can. What is not listed
    /// cannot be masked.
    /// </summary>
    public string? Fault { get; init; }
}

/// <summary>A column.</summary>
/// <param name="Name">In the case in which it is stored; names compare without case.</param>
/// <param name="TypeText"><c>type_text</c>; empty when not told.</param>
/// <param name="Mask">The mask in force; null when there is none.</param>
public sealed record TableColumn(string Name, string TypeText, AttachedGuard? Mask = null)
{
    /// <summary>The type; null when it cannot be written into a function.</summary>
    public ColumnType? Type => ColumnType.Read(TypeText);
}

/// <summary>A function in force as row filter or mask.</summary>
/// <param name="Function">Full name as Unity Catalog shows it: unquoted, parts joined by dots.</param>
/// <param name="Columns">
/// Columns that it is given, a mask's own not among them; null when it is given constants too, which ours never are.
/// </param>
public sealed record AttachedGuard(string Function, IReadOnlyList<string>? Columns);
