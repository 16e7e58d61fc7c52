namespace PolicySync.Ranger.Matching;

/// <summary>
/// Patterns in which <c>*</c> is any run of characters, separators included, and <c>?</c> exactly one. Stars right before
/// a <c>?</c> count for nothing, as in <c>FilenameUtils.wildcardMatch</c> of commons-io 2.11, which Ranger uses.
/// </summary>
internal static class Wildcard
{
    private const string StarsThatDoNotCount = "*?";

    /// <summary>Whether the whole value fits the pattern.</summary>
    public static bool IsMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern)
    {
        int v = 0, p = 0, star = -1, retry = 0;
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                p += Stars(pattern[p..]);
                if (p == pattern.Length || pattern[p] != '?')
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
    /// Whether the value could be the beginning of something that fits. As in Ranger's wildcardPrefixMatch, a value that
    /// goes on after the pattern has ended passes too.
    /// </summary>
    public static bool IsPrefix(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern)
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

    /// <summary>Whether the text holds a wildcard.</summary>
    public static bool Occurs(ReadOnlySpan<char> text) => text.IndexOfAny('*', '?') >= 0;

    /// <summary>Whether stars stand where they count for nothing although they read as if they did.</summary>
    public static bool IsAmbiguous(ReadOnlySpan<char> pattern) => pattern.Contains(StarsThatDoNotCount, StringComparison.Ordinal);

    /// <summary>A pattern that fits whatever an ambiguous one does in either reading.</summary>
    public static string Widest(string pattern)
    {
        while (IsAmbiguous(pattern))
        {
            pattern = pattern.Replace(StarsThatDoNotCount, "*", StringComparison.Ordinal);
        }

        return pattern;
    }

    private static int Stars(ReadOnlySpan<char> pattern) =>
        pattern.IndexOfAnyExcept('*') is >= 0 and var count ? count : pattern.Length;
}
