using System.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>Finds expressions in a text: <c>${{USER.dept}}</c>.</summary>
internal static class RequestExpression
{
    private const string Start = "${{";
    private const string End = "}}";

    /// <summary>Whether the text contains an expression.</summary>
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
}
