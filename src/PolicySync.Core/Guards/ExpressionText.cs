using System.Text;

namespace PolicySync.Core.Guards;

/// <summary>The text of an expression and a place in it; cuts words, quoted names, literals, numbers and operators from it.</summary>
internal sealed class ExpressionText(string text)
{
    private static readonly string[] Operators =
        ["<=>", "<=", ">=", "<>", "!=", "==", "||", "=", "<", ">", "+", "-", "*", "/", "%", "!"];

    private static readonly string[] Comments = ["--", "/*", "*/", "//"];

    private int _at;

    /// <summary>The next character; valid only when <see cref="SkipBlanks"/> just returned true.</summary>
    public char Next => text[_at];

    /// <summary>Moves to the next character that is no blank.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }

        return _at < text.Length;
    }

    /// <summary>Whether a text comes next.</summary>
    public bool StartsWith(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    /// <summary>Cuts a text of this length.</summary>
    public string Take(int length)
    {
        _at += length;
        return text.Substring(_at - length, length);
    }

    /// <summary>Cuts a run of letters, digits and underscores; empty when no such character follows.</summary>
    public string TakeWord()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>Cuts an operator.</summary>
    public string TakeOperator() =>
        Array.Exists(Comments, StartsWith) ? throw new ExpressionFault("it contains a comment")
        : Take((Array.Find(Operators, StartsWith)
            ?? throw new ExpressionFault(char.IsControl(Next) ? "it contains a control character" : $"it contains `{Next}`")).Length);

    /// <summary>Cuts a name in back-ticks.</summary>
    /// <returns>The name, without its quotes.</returns>
    public string TakeQuotedName()
    {
        var name = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '`')
            {
                name.Append(text[_at]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == '`')
            {
                name.Append('`');
                _at++;
            }
            else
            {
                _at++;
                return name.ToString();
            }
        }

        throw new ExpressionFault("a back-tick is not closed");
    }

    /// <summary>Cuts a text literal, its quotes included.</summary>
    public string TakeLiteral()
    {
        var (start, quote) = (_at, text[_at]);
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && (text[_at + 1] == quote || text[_at + 1] == '\\'))
            {
                throw new ExpressionFault("a back-slash precedes a quote or another back-slash, so a database setting decides where the text ends");
            }

            if (text[_at] != quote)
            {
                continue;
            }

            // A doubled quote is one quote, or joins two texts, by the version of the database: the text goes on either way.
            if (_at + 1 < text.Length && text[_at + 1] == quote)
            {
                _at++;
                continue;
            }

            _at++;
            return text[start.._at];
        }

        throw new ExpressionFault("a quote is not closed");
    }

    /// <summary>Cuts a number: digits, with one dot or more between them.</summary>
    public string TakeNumber()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))))
        {
            _at++;
        }

        return _at < text.Length && (char.IsAsciiLetter(text[_at]) || text[_at] is '_' or '.')
            ? throw new ExpressionFault($"`{text[start..(_at + 1)]}` is not a supported numeric literal")
            : text[start.._at];
    }

    /// <summary>Cuts the further parts of a function's name, <c>.schema.name</c>, when an opening parenthesis follows them.</summary>
    /// <param name="most">Most parts that are cut.</param>
    /// <returns>The parts; empty when this is not the name of a function, and then nothing was cut.</returns>
    public IReadOnlyList<string> TakeFunctionParts(int most)
    {
        var (start, parts) = (_at, new List<string>());
        while (parts.Count < most && SkipBlanks() && Next == '.')
        {
            _at++;
            if (!SkipBlanks() || (Next == '`' ? TakeQuotedName() : TakeWord()) is not { Length: > 0 } part)
            {
                break;
            }

            parts.Add(part);
        }

        if (parts.Count > 0 && SkipBlanks() && Next == '(')
        {
            return parts;
        }

        _at = start;
        return [];
    }
}
