namespace PolicySync.Ranger.Text;

/// <summary>
/// Text as Ranger compares it without case: by Java's <c>String.equalsIgnoreCase</c>, which folds each character up and
/// then down, whatever the locale. That makes equal what .NET's own comparison keeps apart: <c>ı</c>, <c>İ</c> and
/// <c>i</c>, <c>ſ</c> and <c>s</c>, the Kelvin sign and <c>k</c>. The casing is that of Java 17 (Unicode 13); letters that
/// got a partner later stay apart.
/// </summary>
public static class JavaText
{
    /// <summary>Compares without case, as Java does.</summary>
    public static IEqualityComparer<string> IgnoringCase { get; } = new Comparer();

    /// <summary>The text with each character folded: of the same length, and equal for texts that Java calls equal.</summary>
    public static string Fold(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAscii(text[i]) || char.IsAsciiLetterUpper(text[i]))
            {
                return string.Create(text.Length, text, static (folded, text) => Fold(text, folded));
            }
        }

        return text;
    }

    /// <summary>Whether two texts are equal without case; null equals null only.</summary>
    public static bool EqualsIgnoringCase(string? left, string? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && left.Length == right.Length
            && string.Equals(Fold(left), Fold(right), StringComparison.Ordinal));

    private static void Fold(string text, Span<char> folded)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                var pair = char.ConvertFromUtf32(JavaCasing.Fold(char.ConvertToUtf32(text[i], text[i + 1])));
                (folded[i], folded[i + 1]) = (pair[0], pair[1]);
                i++;
            }
            else
            {
                folded[i] = JavaCasing.Fold(text[i]);
            }
        }
    }

    private sealed class Comparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => EqualsIgnoringCase(x, y);

        public int GetHashCode(string obj) => Fold(obj).GetHashCode(StringComparison.Ordinal);
    }
}
