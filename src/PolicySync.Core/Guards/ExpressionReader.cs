using System.Text;

namespace PolicySync.Core.Guards;

/// <summary>Reads one expression and writes it again. Use once.</summary>
/// <param name="text">The policy's text.</param>
/// <param name="columns">Columns of the table.</param>
/// <param name="masked">The column that <c>{col}</c> means; null in a filter.</param>
/// <param name="functions">Functions that the expression may call.</param>
internal sealed class ExpressionReader(string text, IReadOnlyList<TableColumn> columns, TableColumn? masked, PolicyFunctions functions)
{
    private const int FurtherParts = 2;
    private const string ColumnMacro = "{col}";
    private const string TypeMacro = "{type}";

    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "ESCAPE", "IS", "NULL", "TRUE", "FALSE",
        "CASE", "WHEN", "THEN", "ELSE", "END", "DISTINCT", "DIV",
    };

    // Words that begin a query or clause. A column of such a name must be quoted.
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "FROM", "WHERE", "WITH", "TABLE", "VALUES", "EXISTS", "UNION", "EXCEPT", "INTERSECT", "MINUS", "JOIN", "LATERAL",
        "GROUP", "ORDER", "HAVING", "LIMIT", "OVER", "WINDOW", "MAP", "REDUCE", "TRANSFORM", "IDENTIFIER",
    };

    private static readonly HashSet<string> TypedLiterals = new(StringComparer.OrdinalIgnoreCase) { "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "X" };

    private readonly ExpressionText _text = new(text);
    private readonly StringBuilder _sql = new();
    private readonly List<string> _columns = [];
    private int _depth;
    private Before _before;

    /// <summary>What the token before was, where that decides about the next one.</summary>
    private enum Before
    {
        Other,
        As,
        Dot,
        Column,
    }

    /// <summary>Reads the expression.</summary>
    /// <exception cref="ExpressionFault">It cannot be used; the message says why.</exception>
    public PolicyExpression Read()
    {
        if (text.Contains(GuardSql.Substitution, StringComparison.Ordinal))
        {
            throw new ExpressionFault($"it contains `{GuardSql.Substitution}`, which Databricks would replace before it reads the statement");
        }

        while (_text.SkipBlanks())
        {
            var before = _before;
            _before = Before.Other;
            ReadToken(_text.Next, before);
        }

        return _depth != 0 ? throw new ExpressionFault("a parenthesis is not closed")
            : _before is Before.As or Before.Dot ? throw new ExpressionFault("it is incomplete")
            : _sql.Length == 0 ? throw new ExpressionFault("it is empty")
            : new PolicyExpression(_sql.ToString(), _columns);
    }

    private void ReadToken(char c, Before before)
    {
        if (before == Before.As && !char.IsAsciiLetter(c) && c != '{')
        {
            throw new ExpressionFault("a type must follow AS");
        }

        if (before == Before.Dot && c != '`' && !char.IsAsciiLetter(c) && c != '_')
        {
            throw new ExpressionFault("a name must follow a dot");
        }

        switch (c)
        {
            case '\'' or '"': Write(_text.TakeLiteral()); break;
            case '`': ReadName(_text.TakeQuotedName(), before); break;
            case '{': ReadMacro(before); break;
            case '(' or ')' or ',': ReadPunctuation(c, before); break;
            case '.' when before == Before.Column: _sql.Append(_text.Take(1)); _before = Before.Dot; break;
            case var _ when char.IsAsciiDigit(c): Write(_text.TakeNumber()); break;
            case var _ when char.IsAsciiLetter(c) || c == '_': ReadWord(before); break;
            default: Write(_text.TakeOperator()); break;
        }
    }

    private void ReadPunctuation(char c, Before before)
    {
        if (c == '(' && (before == Before.Column || (_sql.Length > 0 && _sql[^1] is '\'' or '"')))
        {
            throw new ExpressionFault("a parenthesis follows a column or a text, which could be read as the name of a function");
        }

        if (_depth == 0 && c != '(')
        {
            throw new ExpressionFault(c == ',' ? "it is more than one expression" : "a closing parenthesis has no opening one");
        }

        _depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        Write(_text.Take(1));
    }

    private void ReadWord(Before before)
    {
        var word = _text.TakeWord();
        if (before == Before.As)
        {
            Write(ColumnType.Read(word) is not null ? word : throw new ExpressionFault($"`{word}` is an unsupported type"));
        }
        else if (before == Before.Dot)
        {
            ReadName(word, before);
        }
        else if (Refused.Contains(word))
        {
            throw new ExpressionFault($"it contains `{word.ToUpperInvariant()}`");
        }
        else if (word.Equals("AS", StringComparison.OrdinalIgnoreCase))
        {
            _before = _depth > 0 ? Before.As : throw new ExpressionFault("it contains `AS`");
            Write("AS");
        }
        else if (Keywords.Contains(word))
        {
            Write(word.ToUpperInvariant());
        }
        else if (TypedLiterals.Contains(word) && _text.SkipBlanks() && _text.Next is '\'' or '"')
        {
            Write(word.ToUpperInvariant());
            Write(_text.TakeLiteral());
        }
        else if (_text.SkipBlanks() && _text.Next == '(')
        {
            Write(functions.MayCall(word) ? word : throw NotAllowed(word));
        }
        else
        {
            ReadName(word, before);
        }
    }

    private static ExpressionFault NotAllowed(string function) => new(
        $"it calls `{function}`, which is not known to be a pure built-in function; list it in Sync:AllowedFunctions if guards may call it");

    // A column, a field of one, or the first part of the name of a function in a schema.
    private void ReadName(string name, Before before)
    {
        if (before == Before.Dot)
        {
            _sql.Append(GuardSql.Name(name));
            _before = Before.Column;
        }
        else if (columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) is { } column)
        {
            WriteColumn(column.Name);
        }
        else
        {
            WriteFunction([name, .. _text.TakeFunctionParts(FurtherParts)]);
        }
    }

    private void WriteFunction(List<string> parts) => Write(parts switch
    {
        [var column] => throw new ExpressionFault($"`{column}` is not a column of the table"),
        [var catalog, var schema, var name] when functions.MayCall(catalog, schema, name) => GuardSql.Name(parts),
        _ => throw NotAllowed(string.Join('.', parts)),
    });

    private void WriteColumn(string name)
    {
        if (!_columns.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _columns.Add(name);
        }

        Write(GuardSql.Name(name));
        _before = Before.Column;
    }

    private void ReadMacro(Before before)
    {
        if (masked is not null && before != Before.As && _text.StartsWith(ColumnMacro))
        {
            _text.Take(ColumnMacro.Length);
            WriteColumn(masked.Name);
        }
        else if (masked is not null && before == Before.As && _text.StartsWith(TypeMacro))
        {
            _text.Take(TypeMacro.Length);
            Write(masked.Type!.Text);
        }
        else
        {
            throw new ExpressionFault("it contains `{`");
        }
    }

    private void Write(string token) => _sql.Append(_sql.Length > 0 ? " " : "").Append(token);
}
