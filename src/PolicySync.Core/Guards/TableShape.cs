using PolicySync.Core.Securables;

namespace PolicySync.Core.Guards;

/// <summary>What guards need of GET table: columns with their types, and the guards in force.</summary>
/// <param name="Facts">The table.</param>
/// <param name="Columns">Its columns in order.</param>
/// <param name="RowFilter">The row filter in force; null without one.</param>
public sealed record TableShape(SecurableFacts Facts, IReadOnlyList<TableColumn> Columns, AttachedGuard? RowFilter)
{
    /// <summary>
    /// Why <see cref="Columns"/> may lack columns of the table, for people; null when it is complete. A column that is not listed
    /// cannot be masked.
    /// </summary>
    public string? Fault { get; init; }
}

/// <summary>A column.</summary>
/// <param name="Name">In the case in which it is stored; names compare without case.</param>
/// <param name="TypeText"><c>type_text</c>; empty when not returned.</param>
/// <param name="Mask">The mask in force; null without one.</param>
public sealed record TableColumn(string Name, string TypeText, AttachedGuard? Mask = null)
{
    /// <summary>The type; null when it cannot be written into a function.</summary>
    public ColumnType? Type => ColumnType.Read(TypeText);
}

/// <summary>A function in force as row filter or mask.</summary>
/// <param name="Function">Full name as Unity Catalog shows it: unquoted, parts joined by dots.</param>
/// <param name="Columns">
/// Columns passed to it, without a mask's own; null when it is passed constants too, as ours never are.
/// </param>
public sealed record AttachedGuard(string Function, IReadOnlyList<string>? Columns);
