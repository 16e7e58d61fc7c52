using System.Text;

namespace PolicySync.Core.Securables;

/// <summary>
/// Names of objects as Unity Catalog compares them: without case, by the lower-case form in which it stores them. That is
/// the form of each character alone, in any language: <c>ſ</c> is no <c>s</c> and <c>ı</c> no <c>i</c>, unlike in
/// Ranger's policies (<c>JavaText</c>), and <c>İ</c> becomes <c>i</c> with a dot of its own, in two characters.
/// </summary>
public static class UnityName
{
    private const string DottedI = "i\u0307";

    /// <summary>Compares names as Unity Catalog does.</summary>
    public static IEqualityComparer<string> Comparer { get; } = new ByLower();

    /// <summary>The name as Unity Catalog stores it.</summary>
    public static string Lower(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAscii(c) || char.IsAsciiLetterUpper(c))
            {
                return LowerEach(name);
            }
        }

        return name;
    }

    /// <summary>Whether two names are one object's.</summary>
    public static bool Same(string? one, string? other) =>
        one is null || other is null ? one is null && other is null : string.Equals(Lower(one), Lower(other), StringComparison.Ordinal);

    private static string LowerEach(string name)
    {
        var lower = new StringBuilder(name.Length + 1);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == 'İ')
            {
                lower.Append(DottedI);
            }
            else if (Rune.TryGetRuneAt(name, i, out var rune))
            {
                lower.Append(Rune.ToLowerInvariant(rune).ToString());
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                lower.Append(name[i]);
            }
        }

        return lower.ToString();
    }

    private sealed class ByLower : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => Same(x, y);

        public int GetHashCode(string obj) => Lower(obj).GetHashCode(StringComparison.Ordinal);
    }
}
