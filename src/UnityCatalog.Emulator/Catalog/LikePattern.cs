namespace UnityCatalog.Emulator.Catalog;

/// <summary>SQL LIKE of table-summaries: <c>%</c> any run, <c>_</c> any one character, case ignored.</summary>
internal static class LikePattern
{
    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] == '%')
        {
            for (var skipped = 0; skipped <= text.Length; skipped++)
            {
                if (IsMatch(text[skipped..], pattern[1..]))
                {
                    return true;
                }
            }

            return false;
        }

        return !text.IsEmpty
            && (pattern[0] == '_' || char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(text[0]))
            && IsMatch(text[1..], pattern[1..]);
    }
}
