namespace PolicySync.Cli.Output;

/// <summary>Text of others made safe for a terminal.</summary>
internal static class PlainText
{
    /// <summary>Replaces control characters, with which a name could move the cursor or hide text.</summary>
    public static string Clean(string text) => text.Any(IsHarmful) ? string.Concat(text.Select(c => IsHarmful(c) ? '\uFFFD' : c)) : text;

    private static bool IsHarmful(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator;
}
