namespace PolicySync.Core.Planning.Patterns;

/// <summary>
/// Matching with <c>*</c> (any characters, none included) and <c>?</c> (one character). No regular expression, so that
/// no pattern can be made to take long: the time is at most the product of both lengths.
/// </summary>
internal static class Glob
{
    /// <summary>
    /// Whether the whole of <paramref name="text"/> matches, with case: where case makes no difference, both are given in one
    /// case, by the rule of whoever compares.
    /// </summary>
    public static bool Matches(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                // Let the last star take one character more. Earlier ones never need to: what they took is as good.
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
