using System.Globalization;
using System.Text;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Guards;

/// <summary>
/// Writes names and texts into SQL. Names of users, groups, columns and tables are hostile input: the right to create one must
/// not include the right to write a row filter.
/// </summary>
internal static class GuardSql
{
    /// <summary>Spark replaces <c>${name}</c> anywhere in a statement before it parses it, and no quoting keeps it from doing so.</summary>
    public const string Substitution = "${";

    private const string PlainPunctuation = " @._-+#=:,!*()/";

    /// <summary>Why a name cannot be written into a statement, for people; null when it can.</summary>
    public static string? Fault(string name) => name.Contains(Substitution, StringComparison.Ordinal)
        ? $"the name `{name}` contains `{Substitution}`, which Databricks would replace before it reads the statement" : null;

    /// <summary>A name in back-ticks.</summary>
    public static string Name(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>A name of several levels.</summary>
    public static string Name(IEnumerable<string> parts) => string.Join('.', parts.Select(Name));

    /// <summary>A securable's full name.</summary>
    public static string Name(Securable securable) => Name(securable.Parts);

    /// <summary>
    /// A text literal. Everything but letters, digits and harmless punctuation is written by its code point, quotes and
    /// back-slashes too: however the literal's escapes were read, no text could end it.
    /// </summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("'");
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetterOrDigit(text[i]) || PlainPunctuation.Contains(text[i], StringComparison.Ordinal))
            {
                literal.Append(text[i]);
            }
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                literal.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(text[i], text[i + 1]):X8}");
                i++;
            }
            else
            {
                literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}");
            }
        }

        return literal.Append('\'').ToString();
    }
}
