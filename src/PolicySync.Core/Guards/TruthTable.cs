namespace PolicySync.Core.Guards;

/// <summary>Writes a condition over some tests from its value for every combination of their answers.</summary>
internal static class TruthTable
{
    /// <summary>The condition that always holds.</summary>
    public const string Always = "TRUE";

    /// <summary>The condition that never holds.</summary>
    public const string Never = "FALSE";

    /// <summary>Writes the condition, simplified where a simple analysis can.</summary>
    /// <param name="tests">Tests in SQL, none of which can be NULL.</param>
    /// <param name="holds">Whether the condition holds for an answer to each.</param>
    public static string ToSql(IReadOnlyList<string> tests, Func<IReadOnlyList<bool>, bool> holds)
    {
        var table = new bool[1 << tests.Count];
        for (var row = 0; row < table.Length; row++)
        {
            table[row] = holds([.. tests.Select((_, i) => ((row >> i) & 1) == 1)]);
        }

        return Write(tests, table);
    }

    /// <summary>A condition where a test holds, and another where it does not.</summary>
    public static string If(string test, string then, string otherwise) => (then, otherwise) switch
    {
        _ when then == otherwise => then,
        (Always, Never) => test,
        (Never, Always) => $"NOT ({test})",
        (Always, _) => $"({test} OR {otherwise})",
        (Never, _) => $"(NOT ({test}) AND {otherwise})",
        (_, Always) => $"(NOT ({test}) OR {then})",
        (_, Never) => $"({test} AND {then})",
        _ => $"CASE WHEN {test} THEN {then} ELSE {otherwise} END",
    };

    private static string Write(IReadOnlyList<string> tests, bool[] table)
    {
        if (Array.TrueForAll(table, row => row == table[0]))
        {
            return table[0] ? Always : Never;
        }

        // A test of which one answer settles the condition goes first, so that the rest is a chain rather than a tree.
        var choices = Enumerable.Range(0, tests.Count).Select(i => (Test: i, Yes: Half(table, i, 1), No: Half(table, i, 0)))
            .Where(choice => !choice.Yes.SequenceEqual(choice.No)).ToList();
        var (test, yes, no) = choices.Find(choice => IsSettled(choice.Yes) || IsSettled(choice.No)) is { Yes: not null } settled ? settled : choices[0];
        List<string> rest = [.. tests.Where((_, i) => i != test)];
        return If(tests[test], Write(rest, yes), Write(rest, no));
    }

    private static bool IsSettled(bool[] table) => Array.TrueForAll(table, row => row == table[0]);

    // The rows with one answer to a test, without that test.
    private static bool[] Half(bool[] table, int test, int answer) =>
        [.. table.Where((_, row) => ((row >> test) & 1) == answer)];
}
