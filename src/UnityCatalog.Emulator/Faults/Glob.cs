namespace UnityCatalog.Emulator.Faults;

/// <summary>Path patterns: <c>*</c> is any run of characters, slashes too; case is ignored.</summary>
internal static class Glob
{
    public static bool IsMatch(string text, string pattern)
    {
        var (t, p, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t]))
            {
                (t, p) = (t + 1, p + 1);
            }
            else if (star >= 0)
            {
                (t, p) = (++resume, star + 1);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }
}
