using System.Text;

namespace PolicySync.Ranger;

/// <summary>
/// Expressions in policy values: <c>${{USER.dept}}</c>. Ranger runs them as JavaScript; here the forms that name one
/// attribute of the user are evaluated, all others are recognised and count as unknown.
/// </summary>
internal static class RequestExpression
{
    private const string Start = "${{";
    private const string End = "}}";
    private const string UserPrefix = "USER.";

    /// <summary>Whether the text holds an expression.</summary>
    public static bool Occurs(string text)
    {
        var start = text.IndexOf(Start, StringComparison.Ordinal);
        return start >= 0 && text.IndexOf(End, start + Start.Length, StringComparison.Ordinal) >= 0;
    }

    /// <summary>The position of the first expression, or the length of the text.</summary>
    public static int FixedLength(string text)
    {
        var start = text.IndexOf(Start, StringComparison.Ordinal);
        return start < 0 ? text.Length : start;
    }

    /// <summary>Whether every expression in the text is of a form that <see cref="AttributeOf"/> knows.</summary>
    public static bool AllKnown(string text)
    {
        var known = true;
        Replace(text, expression =>
        {
            known &= AttributeOf(expression) is not null;
            return "";
        });
        return known;
    }

    /// <summary>The user's attribute that an expression names, null for any other expression.</summary>
    public static string? AttributeOf(string expression)
    {
        expression = expression.Trim();
        return expression.StartsWith(UserPrefix, StringComparison.Ordinal)
            && expression.Length > UserPrefix.Length
            && expression.AsSpan(UserPrefix.Length).IndexOfAnyExcept(NameCharacters) < 0
                ? expression[UserPrefix.Length..]
                : null;
    }

    /// <summary>Replaces each expression.</summary>
    public static string Replace(string text, Func<string, string> valueOf)
    {
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (text.IndexOf(Start, position, StringComparison.Ordinal) is >= 0 and var start
            && text.IndexOf(End, start + Start.Length, StringComparison.Ordinal) is >= 0 and var end)
        {
            result.Append(text, position, start - position).Append(valueOf(text[(start + Start.Length)..end]));
            position = end + End.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$");
}
