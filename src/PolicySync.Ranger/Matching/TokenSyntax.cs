using System.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>
/// Tokens in policy values: <c>/home/{USER}</c>. Follows Ranger's StringTokenReplacer: an unknown token stays as text,
/// the escape character protects a delimiter or itself and is kept before anything else.
/// </summary>
internal sealed class TokenSyntax
{
    private readonly char _start;
    private readonly char _end;
    private readonly char _escape;
    private readonly string _prefix;

    private TokenSyntax(char start, char end, char escape, string prefix)
    {
        _start = start;
        _end = end;
        _escape = escape;
        _prefix = prefix;
    }

    /// <summary>Null for delimiters that contradict each other; Ranger then replaces no tokens.</summary>
    public static TokenSyntax? Create(char start, char end, char escape, string prefix) =>
        escape == start || escape == end || prefix.AsSpan().IndexOfAny(start, end, escape) >= 0
            ? null
            : new TokenSyntax(start, end, escape, prefix);

    /// <summary>Whether replacing could change the text.</summary>
    public bool Occurs(string text)
    {
        var start = text.IndexOf(_start, StringComparison.Ordinal);
        return text.Contains(_escape, StringComparison.Ordinal)
            || (start >= 0 && text.IndexOf(_end, start + 1) >= 0);
    }

    /// <summary>The position of the first character that replacing could change, or the length of the text.</summary>
    public int FixedLength(string text)
    {
        var first = text.AsSpan().IndexOfAny(_start, _escape);
        return first < 0 ? text.Length : first;
    }

    /// <summary>Replaces each token by what <paramref name="valueOf"/> gives for its name; null leaves it as text.</summary>
    public string Replace(string text, Func<string, string?> valueOf)
    {
        var result = new StringBuilder(text.Length);
        StringBuilder? token = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var target = token ?? result;
            if (c == _escape)
            {
                var next = ++i < text.Length ? text[i] : (char?)null;
                if (next is null || (next != _escape && next != (token is null ? _start : _end)))
                {
                    target.Append(_escape);
                }

                target.Append(next);
            }
            else if (token is null && c == _start)
            {
                token = new StringBuilder();
            }
            else if (token is not null && c == _end)
            {
                result.Append(ValueOf(token.ToString(), valueOf));
                token = null;
            }
            else
            {
                target.Append(c);
            }
        }

        return token is null ? result.ToString() : result.Append(_start).Append(token).ToString();
    }

    private string ValueOf(string token, Func<string, string?> valueOf) =>
        (token.StartsWith(_prefix, StringComparison.Ordinal) ? valueOf(token[_prefix.Length..]) : null)
        ?? $"{_start}{token}{_end}";
}
