namespace PolicySync.Core.Guards;

/// <summary>
/// What Ranger's mask types mean for a column, by the family of its type (docs/guards.md has the table). A mask type that does
/// not apply to a type hides the value.
/// </summary>
internal static class MaskMeaning
{
    /// <summary>The mask that masks nothing.</summary>
    public const string None = "MASK_NONE";

    /// <summary>The mask that the policy writes out.</summary>
    public const string Custom = "CUSTOM";

    // Hexadecimal digits of a SHA-256.
    private const int HashLength = 64;

    /// <summary>NULL of the column's type.</summary>
    public static string Null(ColumnType type) => $"CAST(NULL AS {type.Text})";

    /// <summary>The masked value; null when Ranger has no such mask type.</summary>
    /// <param name="maskType">Name of the mask type; <see cref="None"/> and <see cref="Custom"/> are not for here.</param>
    /// <param name="column">The value, quoted.</param>
    /// <param name="type">The column's type.</param>
    public static string? Of(string maskType, string column, ColumnType type) => (maskType, type.Family) switch
    {
        ("MASK", TypeFamily.Text) => Cast($"mask({column})", type),
        ("MASK_SHOW_LAST_4", TypeFamily.Text) =>
            Cast($"concat(repeat('x', greatest(length({column}) - 4, 0)), right({column}, 4))", type),
        ("MASK_SHOW_FIRST_4", TypeFamily.Text) =>
            Cast($"concat(left({column}, 4), repeat('x', greatest(length({column}) - 4, 0)))", type),
        ("MASK_HASH", TypeFamily.Text) when type.MaxLength is null or >= HashLength => Cast($"sha2({column}, 256)", type),
        ("MASK_DATE_SHOW_YEAR", TypeFamily.Date or TypeFamily.Timestamp) => $"CAST(date_trunc('YEAR', {column}) AS {type.Text})",
        ("MASK" or "MASK_SHOW_LAST_4" or "MASK_SHOW_FIRST_4" or "MASK_HASH" or "MASK_DATE_SHOW_YEAR" or "MASK_NULL", _) => Null(type),
        _ => null,
    };

    private static string Cast(string value, ColumnType type) => type.MaxLength is null ? value : $"CAST({value} AS {type.Text})";
}
