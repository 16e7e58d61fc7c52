namespace PolicySync.Ranger.Text;

/// <summary>
/// Patterns in which <c>*</c> matches any run of characters, separators included, and <c>?</c> exactly one. Matching uses no
/// regular expression and takes at most the product of both lengths, so no pattern can make it slow.
/// </summary>
public static class Wildcard
{
    private const string IgnoredStars = "*?";

    /// <summary>
    /// Whether the whole value matches as Ranger reads the pattern: stars directly before a <c>?</c> match nothing, as in
    /// <c>FilenameUtils.wildcardMatch</c> of commons-io 2.11, which Ranger uses.
    /// </summary>
    internal static bool IsMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern) => IsMatch(value, pattern, everyStarCounts: false);

    /// <summary>
    /// Whether the whole value matches as the pattern is written: every star counts. Case matters; a caller that ignores case
    /// folds both by its own rule.
    /// </summary>
    /// <param name="value">The text to test.</param>
    /// <param name="pattern">The pattern.</param>
    public static bool IsGlobMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern) => IsMatch(value, pattern, everyStarCounts: true);

    private static bool IsMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern, bool everyStarCounts)
    {
        int v = 0, p = 0, star = -1, retry = 0;
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                p += Stars(pattern[p..]);
                if (everyStarCounts || p == pattern.Length || pattern[p] != '?')
                {
                    star = p;
                    retry = v;
                }
            }
            else if (p < pattern.Length && (pattern[p] == '?' || value[v] == pattern[p]))
            {
                v++;
                p++;
            }
            else if (star >= 0)
            {
                // Only the last star takes one character more: whatever the earlier ones took is as good.
                p = star;
                v = ++retry;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    /// <summary>
    /// Whether the value could be the beginning of a matching text. As in Ranger's wildcardPrefixMatch, a value longer than the
    /// pattern passes too.
    /// </summary>
    internal static bool IsPrefix(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern)
    {
        var length = Math.Min(value.Length, pattern.Length);
        for (var i = 0; i < length && pattern[i] != '*'; i++)
        {
            if (pattern[i] != '?' && value[i] != pattern[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text contains a wildcard.</summary>
    internal static bool Occurs(ReadOnlySpan<char> text) => text.IndexOfAny('*', '?') >= 0;

    /// <summary>Whether the two readings differ: the pattern has a star directly before a <c>?</c>.</summary>
    internal static bool IsAmbiguous(ReadOnlySpan<char> pattern) => pattern.Contains(IgnoredStars, StringComparison.Ordinal);

    /// <summary>A pattern that matches everything that an ambiguous one matches in either reading.</summary>
    internal static string Widest(string pattern)
    {
        while (IsAmbiguous(pattern))
        {
            pattern = pattern.Replace(IgnoredStars, "*", StringComparison.Ordinal);
        }

        return pattern;
    }

    private static int Stars(ReadOnlySpan<char> pattern) =>
        pattern.IndexOfAnyExcept('*') is >= 0 and var count ? count : pattern.Length;
}
