using System.Globalization;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>The table that every table of a sequence is like, and its rows.</summary>
internal static class People
{
    public static readonly (string Name, string Type)[] Columns = [("id", "int"), ("region", "string"), ("ssn", "string")];

    public static readonly string?[][] Rows = [["1", "EU", "Ab-12"], ["2", "US", "Cd-34"], ["3", null, "xyz-9"]];

    /// <summary>Filters of policies, and which rows they keep.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string?[], bool>> Filters = new Dictionary<string, Func<string?[], bool>>
    {
        [""] = _ => true,
        ["region='EU'"] = row => row[1] == "EU",
        ["id>1"] = row => int.Parse(row[0]!, CultureInfo.InvariantCulture) > 1,
        ["FALSE"] = _ => false,
    };

    /// <summary>Masks of policies, and what they make of a text; nothing remains of another value.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string?, string?>> Masks = new Dictionary<string, Func<string?, string?>>
    {
        ["MASK_NONE"] = value => value,
        ["MASK_NULL"] = _ => null,
        ["MASK"] = value => value is null ? null : string.Concat(value.Select(c => char.IsUpper(c) ? 'X' : char.IsLower(c) ? 'x' : char.IsDigit(c) ? 'n' : c)),
        ["MASK_SHOW_LAST_4"] = value => value is null ? null : new string('x', Math.Max(0, value.Length - 4)) + value[Math.Max(0, value.Length - 4)..],
    };
}

/// <summary>What somebody reads of a table: for each of its rows the values, or null when the row is not shown.</summary>
internal sealed record Reading(IReadOnlyList<string?[]?> Rows)
{
    public static readonly Reading Nothing = new([.. People.Rows.Select(_ => (string?[]?)null)]);

    /// <summary>Nothing is hidden.</summary>
    public static readonly Reading Everything = new(People.Rows);

    /// <summary>
    /// What this shows that none of <paramref name="others"/> does: a row, or a value. Whoever may see a value may see less
    /// of it, too.
    /// </summary>
    /// <param name="others">What may be seen.</param>
    public IEnumerable<Excess> Beyond(IReadOnlyList<Reading> others)
    {
        for (var row = 0; row < Rows.Count; row++)
        {
            if (Rows[row] is not { } shown)
            {
                continue;
            }

            var may = others.Where(other => other.Rows[row] is not null).Select(other => other.Rows[row]!).ToList();
            if (may.Count == 0)
            {
                yield return new Excess(row, null, null);
                continue;
            }

            for (var column = 0; column < shown.Length; column++)
            {
                var raw = People.Rows[row][column];
                if (shown[column] is { } value && !may.Exists(other => other[column] == value || other[column] == raw))
                {
                    yield return new Excess(row, People.Columns[column].Name, value);
                }
            }
        }
    }

    public override string ToString() =>
        string.Join(" / ", Rows.Select(row => row is null ? "-" : string.Join('|', row.Select(value => value ?? "NULL"))));
}

/// <summary>A row, or a value in it, that is shown and should not be.</summary>
/// <param name="Row">Which, from 0.</param>
/// <param name="Column">The column; null for the row as a whole.</param>
/// <param name="Value">The value; null for the row as a whole.</param>
internal sealed record Excess(int Row, string? Column, string? Value)
{
    public override string ToString() => Column is null ? $"row {Row + 1}" : $"{Column} `{Value}` of row {Row + 1}";
}
