using System.Text;

namespace PolicySync.Docs.Tests.Words;

/// <summary>Takes C# source apart into what people read: text literals and documentation comments.</summary>
internal static class CSharpText
{
    /// <summary>A piece of text and the line it starts on, from 1. Interpolated expressions are replaced by <c>{}</c>.</summary>
    internal sealed record Piece(int Line, string Text, bool IsComment);

    public static IEnumerable<Piece> Read(string source)
    {
        for (var i = 0; i < source.Length;)
        {
            if (At(source, i, "//"))
            {
                var end = EndOfLine(source, i);
                if (At(source, i, "///"))
                {
                    yield return new(LineOf(source, i), source[(i + 3)..end].Trim(), IsComment: true);
                }

                i = end;
            }
            else if (At(source, i, "/*"))
            {
                i = source.IndexOf("*/", i, StringComparison.Ordinal) + 2;
            }
            else if (source[i] == '\'')
            {
                i = AfterCharacter(source, i);
            }
            else if (source[i] is '"' or '$' or '@' && Literal(source, i) is { } literal)
            {
                yield return new(LineOf(source, i), literal.Text, IsComment: false);
                i = literal.End;
            }
            else
            {
                i++;
            }
        }
    }

    private static (string Text, int End)? Literal(string source, int start)
    {
        var i = start;
        var dollars = 0;
        var isVerbatim = false;
        for (; source[i] is '$' or '@'; i++)
        {
            dollars += source[i] == '$' ? 1 : 0;
            isVerbatim |= source[i] == '@';
            if (i + 1 >= source.Length)
            {
                return null;
            }
        }

        if (source[i] != '"')
        {
            return null;
        }

        var quotes = 0;
        while (i + quotes < source.Length && source[i + quotes] == '"')
        {
            quotes++;
        }

        // Two quotes are an empty literal; three or more begin a raw one.
        var delimiter = quotes >= 3 ? quotes : 1;
        return quotes == 2 ? ("", i + 2) : Body(source, i + delimiter, delimiter, dollars, isVerbatim);
    }

    private static (string Text, int End) Body(string source, int start, int delimiter, int dollars, bool isVerbatim)
    {
        var quote = new string('"', delimiter);
        var hole = new string('{', Math.Max(1, dollars));
        var isRaw = delimiter >= 3;
        var text = new StringBuilder();
        for (var i = start; i < source.Length;)
        {
            if (isVerbatim && At(source, i, "\"\""))
            {
                text.Append('"');
                i += 2;
            }
            else if (At(source, i, quote))
            {
                return (text.ToString(), i + delimiter);
            }
            else if (source[i] == '\\' && !isRaw && !isVerbatim)
            {
                text.Append(source[i + 1] == 'n' ? '\n' : source[i + 1]);
                i += 2;
            }
            else if (dollars > 0 && !isRaw && (At(source, i, "{{") || At(source, i, "}}")))
            {
                text.Append(source[i]);
                i += 2;
            }
            else if (dollars > 0 && At(source, i, hole))
            {
                text.Append("{}");
                i = AfterHole(source, i + hole.Length, hole.Length);
            }
            else
            {
                text.Append(source[i++]);
            }
        }

        return (text.ToString(), source.Length);
    }

    // An interpolated expression may hold literals, which may hold braces.
    private static int AfterHole(string source, int start, int braces)
    {
        var depth = braces;
        for (var i = start; i < source.Length;)
        {
            if (source[i] is '"' or '$' or '@' && Literal(source, i) is { } inner)
            {
                i = inner.End;
                continue;
            }

            if (source[i] == '\'')
            {
                i = AfterCharacter(source, i);
                continue;
            }

            depth += source[i] switch { '{' => 1, '}' => -1, _ => 0 };
            i++;
            if (depth == 0)
            {
                return i;
            }
        }

        return source.Length;
    }

    private static int AfterCharacter(string source, int start)
    {
        var i = start + 1;
        while (i < source.Length && source[i] is not ('\'' or '\n'))
        {
            i += source[i] == '\\' ? 2 : 1;
        }

        return i + 1;
    }

    private static bool At(string source, int index, string text) => string.CompareOrdinal(source, index, text, 0, text.Length) == 0;

    private static int EndOfLine(string source, int from) => source.IndexOf('\n', from) is >= 0 and var end ? end : source.Length;

    private static int LineOf(string source, int index) => source.AsSpan(0, index).Count('\n') + 1;
}
