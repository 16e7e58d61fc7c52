namespace PolicySync.Ranger;

/// <summary>Patterns in which <c>*</c> is any run of characters, separators included, and <c>?</c> exactly one.</summary>
internal static class Wildcard
{
    /// <summary>Whether the whole value fits the pattern.</summary>
    public static bool IsMatch(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern, StringComparison comparison)
    {
        int v = 0, p = 0, star = -1, retry = 0;
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = v;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || SameChar(value[v], pattern[p], comparison)))
            {
                v++;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
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
    public static bool IsPrefix(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern, StringComparison comparison)
    {
        var length = Math.Min(value.Length, pattern.Length);
        for (var i = 0; i < length && pattern[i] != '*'; i++)
        {
            if (pattern[i] != '?' && !SameChar(value[i], pattern[i], comparison))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the text holds a wildcard.</summary>
    public static bool Occurs(ReadOnlySpan<char> text) => text.IndexOfAny('*', '?') >= 0;

    private static bool SameChar(char left, char right, StringComparison comparison) =>
        left == right
        || (comparison == StringComparison.OrdinalIgnoreCase
            && char.ToUpperInvariant(left) == char.ToUpperInvariant(right));
}
