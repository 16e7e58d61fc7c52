using System.Globalization;
using System.Text;

namespace UnityCatalog.Emulator.Sql;

/// <summary>
/// Cuts a text into tokens as Databricks SQL does: names in back-ticks with doubled back-ticks inside, text literals in
/// either sort of quotes with back-slash escapes and doubled quotes, both sorts of comments.
/// </summary>
internal sealed class SqlLexer(string text)
{
    private static readonly string[] Symbols =
    [
        "<=>", "<=", ">=", "<>", "!=", "==", "||", "::", "->",
        "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",", ".", ":", ";", "?", "[", "]", "{", "}", "~", "&", "|", "^", "!", "@", "$",
    ];

    private int _at;

    public static List<SqlToken> Read(string text)
    {
        var lexer = new SqlLexer(text);
        var tokens = new List<SqlToken>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != SqlTokenKind.End);
        return tokens;
    }

    private SqlToken Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at == text.Length)
        {
            return new SqlToken(SqlTokenKind.End, "", start);
        }

        var c = text[_at];
        return c switch
        {
            '`' => new SqlToken(SqlTokenKind.Quoted, ReadQuotedName(), start),
            '\'' or '"' => new SqlToken(SqlTokenKind.Text, ReadLiteral(c), start),
            _ when char.IsAsciiDigit(c) => new SqlToken(SqlTokenKind.Number, ReadNumber(), start),
            _ when IsWordPart(c) => new SqlToken(SqlTokenKind.Word, ReadWord(), start),
            _ => new SqlToken(SqlTokenKind.Symbol, ReadSymbol(), start),
        };
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
            else if (StartsWith("--"))
            {
                while (_at < text.Length && text[_at] != '\n')
                {
                    _at++;
                }
            }
            else if (StartsWith("/*"))
            {
                SkipBracketed();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBracketed()
    {
        var depth = 0;
        do
        {
            depth += StartsWith("/*") ? 1 : StartsWith("*/") ? -1 : 0;
            _at += StartsWith("/*") || StartsWith("*/") ? 2 : 1;
            if (_at >= text.Length && depth > 0)
            {
                throw SqlException.Syntax("an unclosed comment");
            }
        }
        while (depth > 0);
    }

    private string ReadQuotedName()
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

        throw SqlException.Syntax("an unclosed back-tick");
    }

    private string ReadLiteral(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            var c = text[_at];
            if (c == '\\' && _at + 1 < text.Length)
            {
                ReadEscape(value);
            }
            else if (c != quote)
            {
                value.Append(c);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == quote)
            {
                value.Append(quote);
                _at++;
            }
            else
            {
                _at++;
                return value.ToString();
            }
        }

        throw SqlException.Syntax("an unclosed literal");
    }

    // On leaving, the position is that of the escape's last character.
    private void ReadEscape(StringBuilder value)
    {
        _at++;
        switch (text[_at])
        {
            case 'u' when Hex(4) is { } unit: value.Append((char)unit); _at += 4; break;
            case 'U' when Hex(8) is { } rune && Rune.IsValid(rune): value.Append(new Rune(rune)); _at += 8; break;
            case '0': value.Append('\0'); break;
            case 'b': value.Append('\b'); break;
            case 'n': value.Append('\n'); break;
            case 'r': value.Append('\r'); break;
            case 't': value.Append('\t'); break;
            case 'Z': value.Append('\u001A'); break;
            case '%' or '_': value.Append('\\').Append(text[_at]); break; // kept for LIKE
            default: value.Append(text[_at]); break;
        }
    }

    private int? Hex(int digits) =>
        _at + digits < text.Length
        && int.TryParse(text.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value : null;

    private string ReadNumber()
    {
        var start = _at;
        SkipDigits();
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            _at++;
            SkipDigits();
        }

        var mark = _at;
        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            _at++;
            _at += _at < text.Length && text[_at] is '+' or '-' ? 1 : 0;
            SkipDigits();
        }

        if (_at < text.Length && IsWordPart(text[_at]) || (mark < _at && !char.IsAsciiDigit(text[_at - 1])))
        {
            throw SqlException.Syntax($"'{text[start..Math.Min(text.Length, _at + 1)]}'");
        }

        return text[start.._at];
    }

    private void SkipDigits()
    {
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }
    }

    private string ReadWord()
    {
        var start = _at;
        while (_at < text.Length && IsWordPart(text[_at]))
        {
            _at++;
        }

        return text[start.._at];
    }

    private string ReadSymbol()
    {
        var symbol = Array.Find(Symbols, StartsWith) ?? throw SqlException.Syntax($"'{text[_at]}'");
        _at += symbol.Length;
        return symbol;
    }

    private bool StartsWith(string symbol) => string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) == 0;
}
