using System.Text;

namespace PolicySync.Core.Guards;

/// <summary>
/// An expression of a policy, read token by token and written anew: one SQL expression over columns of the table, without
/// sub-queries, comments, parameters or anything else that is not known here. What does not read so is refused; a
/// database with another reading of quotes must not find more in it than we did.
/// </summary>
/// <param name="Sql">The expression, without parentheses around it.</param>
/// <param name="Columns">The columns that it names, in the table's spelling, each once, in order.</param>
internal sealed record PolicyExpression(string Sql, IReadOnlyList<string> Columns)
{
    /// <summary>Reads an expression.</summary>
    /// <param name="text">What the policy says.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="masked">The column that <c>{col}</c> means, and its type that <c>{type}</c> means; null in a filter.</param>
    /// <param name="functions">Functions that it may call.</param>
    /// <param name="fault">Why it is refused, for people; null when it is not.</param>
    public static PolicyExpression? Read(
        string text, IReadOnlyList<TableColumn> columns, TableColumn? masked, PolicyFunctions functions, out string? fault)
    {
        try
        {
            var reader = new ExpressionReader(text, columns, masked, functions);
            fault = null;
            return reader.Read();
        }
        catch (ExpressionFault e)
        {
            fault = e.Message;
            return null;
        }
    }

    private sealed class ExpressionFault(string message) : Exception(message);

    private sealed class ExpressionReader(string text, IReadOnlyList<TableColumn> columns, TableColumn? masked, PolicyFunctions functions)
    {
        private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
        {
            "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "ESCAPE", "IS", "NULL", "TRUE", "FALSE",
            "CASE", "WHEN", "THEN", "ELSE", "END", "DISTINCT", "DIV",
        };

        // Words that begin a query or clause; also where a column has such a name it must be quoted.
        private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
        {
            "SELECT", "FROM", "WHERE", "WITH", "TABLE", "VALUES", "EXISTS", "UNION", "EXCEPT", "INTERSECT", "MINUS", "JOIN", "LATERAL",
            "GROUP", "ORDER", "HAVING", "LIMIT", "OVER", "WINDOW", "MAP", "REDUCE", "TRANSFORM", "IDENTIFIER",
        };

        private static readonly HashSet<string> TypedLiterals = new(StringComparer.OrdinalIgnoreCase) { "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "X" };

        private static readonly string[] Operators =
            ["<=>", "<=", ">=", "<>", "!=", "==", "||", "=", "<", ">", "+", "-", "*", "/", "%", "!"];

        private const int MostParts = 3;

        private readonly StringBuilder _sql = new();
        private readonly List<string> _columns = [];
        private int _at;
        private int _depth;

        // What the token before was.
        private bool _afterAs;
        private bool _afterDot;
        private bool _afterColumn;

        public PolicyExpression Read()
        {
            if (text.Contains("${", StringComparison.Ordinal))
            {
                throw new ExpressionFault("it holds `${`, which Databricks would replace before it reads the statement");
            }

            while (SkipBlanks())
            {
                var (wasAs, wasColumn) = (_afterAs, _afterColumn);
                (_afterAs, _afterColumn) = (false, false);
                ReadToken(text[_at], wasAs, wasColumn);
            }

            return _depth != 0 ? throw new ExpressionFault("a parenthesis is not closed")
                : _afterAs || _afterDot ? throw new ExpressionFault("it ends in the middle")
                : _sql.Length == 0 ? throw new ExpressionFault("it is empty")
                : new PolicyExpression(_sql.ToString(), _columns);
        }

        private bool SkipBlanks()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }

            return _at < text.Length;
        }

        private void ReadToken(char c, bool wasAs, bool wasColumn)
        {
            if (wasAs && !char.IsAsciiLetter(c) && c != '{')
            {
                throw new ExpressionFault("a type must follow AS");
            }

            if (_afterDot && c != '`' && !char.IsAsciiLetter(c) && c != '_')
            {
                throw new ExpressionFault("a name must follow a dot");
            }

            switch (c)
            {
                case '\'' or '"': Write(ReadLiteral(c)); break;
                case '`': ReadName(ReadQuoted()); break;
                case '{': ReadPlaceholder(wasAs); break;
                case '(' when wasColumn || (_sql.Length > 0 && _sql[^1] is '\'' or '"'):
                    throw new ExpressionFault("a parenthesis follows a column or a text, which could be read as the name of a function");
                case '(': _depth++; Take(1); break;
                case ')':
                    _depth--;
                    Take(_depth < 0 ? throw new ExpressionFault("a parenthesis closes that was not opened") : 1);
                    break;
                case ',': Take(_depth == 0 ? throw new ExpressionFault("it is more than one expression") : 1); break;
                case '.' when wasColumn: _afterDot = true; Take(1, space: false); break;
                case var _ when char.IsAsciiDigit(c): Write(ReadNumber()); break;
                case var _ when char.IsAsciiLetter(c) || c == '_': ReadWord(wasAs); break;
                default: ReadOperator(); break;
            }
        }

        private void ReadOperator()
        {
            foreach (var comment in (string[])["--", "/*", "*/", "//"])
            {
                if (StartsWith(comment))
                {
                    throw new ExpressionFault("it holds a comment");
                }
            }

            var found = Array.Find(Operators, StartsWith)
                ?? throw new ExpressionFault(char.IsControl(text[_at]) ? "it holds a control character" : $"it holds `{text[_at]}`");
            Take(found.Length);
        }

        private void ReadWord(bool wasAs)
        {
            var word = Word();
            if (wasAs)
            {
                Write(ColumnType.Read(word) is not null ? word : throw new ExpressionFault($"`{word}` is no type that is known here"));
            }
            else if (_afterDot)
            {
                WriteName(word);
            }
            else if (Refused.Contains(word))
            {
                throw new ExpressionFault($"it holds `{word.ToUpperInvariant()}`");
            }
            else if (word.Equals("AS", StringComparison.OrdinalIgnoreCase))
            {
                _afterAs = _depth > 0 ? true : throw new ExpressionFault("it holds `AS`");
                Write("AS");
            }
            else if (Keywords.Contains(word))
            {
                Write(word.ToUpperInvariant());
            }
            else if (TypedLiterals.Contains(word) && SkipBlanks() && text[_at] is '\'' or '"')
            {
                Write(word.ToUpperInvariant());
                Write(ReadLiteral(text[_at]));
            }
            else if (SkipBlanks() && text[_at] == '(')
            {
                Write(functions.MayCall(word) ? word : throw NotAllowed(word));
            }
            else
            {
                ReadName(word);
            }
        }

        private static ExpressionFault NotAllowed(string function) => new(
            $"it calls `{function}`, which is not known to be a pure built-in function; list it in Sync:AllowedFunctions if guards may call it");

        // A column, a field of one, or the first part of the name of a function in a schema.
        private void ReadName(string name)
        {
            if (_afterDot || columns.Any(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) || !ReadFunction(name))
            {
                WriteName(name);
            }
        }

        private bool ReadFunction(string catalog)
        {
            var (start, parts) = (_at, new List<string> { catalog });
            while (parts.Count < MostParts && SkipBlanks() && text[_at] == '.')
            {
                _at++;
                if (!SkipBlanks() || (text[_at] == '`' ? ReadQuoted() : Word()) is not { Length: > 0 } part)
                {
                    break;
                }

                parts.Add(part);
            }

            if (parts.Count > 1 && SkipBlanks() && text[_at] == '(')
            {
                Write(parts is [_, var schema, var name] && functions.MayCall(catalog, schema, name)
                    ? GuardSql.Name(parts) : throw NotAllowed(string.Join('.', parts)));
                return true;
            }

            _at = start;
            return false;
        }

        private string Word()
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            return text[start.._at];
        }

        // A name is a column, or a field of one.
        private void WriteName(string name)
        {
            if (_afterDot)
            {
                _afterDot = false;
                _sql.Append(GuardSql.Name(name));
                _afterColumn = true;
                return;
            }

            var column = columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new ExpressionFault($"`{name}` is no column of the table");
            WriteColumn(column.Name);
        }

        private void WriteColumn(string name)
        {
            if (!_columns.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                _columns.Add(name);
            }

            Write(GuardSql.Name(name));
            _afterColumn = true;
        }

        private void ReadPlaceholder(bool wasAs)
        {
            if (StartsWith("{col}") && masked is not null && !wasAs)
            {
                _at += "{col}".Length;
                WriteColumn(masked.Name);
            }
            else if (StartsWith("{type}") && masked is not null && wasAs)
            {
                _at += "{type}".Length;
                Write(masked.Type!.Text);
            }
            else
            {
                throw new ExpressionFault("it holds `{`");
            }
        }

        private string ReadQuoted()
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

        private string ReadLiteral(char quote)
        {
            var start = _at;
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length && (text[_at + 1] == quote || text[_at + 1] == '\\'))
                {
                    throw new ExpressionFault(
                        "a back-slash stands before a quote or another back-slash: where the text ends would depend on a setting of the database");
                }

                if (text[_at] != quote)
                {
                    continue;
                }

                // Doubled, it is a quote or the seam of two texts, as the database's version has it; the text goes on.
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

        private string ReadNumber()
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))))
            {
                _at++;
            }

            return _at < text.Length && (char.IsAsciiLetter(text[_at]) || text[_at] is '_' or '.')
                ? throw new ExpressionFault($"`{text[start..(_at + 1)]}` is no number that is known here")
                : text[start.._at];
        }

        private bool StartsWith(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

        private void Take(int length, bool space = true)
        {
            var token = text.Substring(_at, length);
            _at += length;
            if (space)
            {
                Write(token);
            }
            else
            {
                _sql.Append(token);
            }
        }

        private void Write(string token)
        {
            _sql.Append(_sql.Length > 0 ? " " : "").Append(token);
        }
    }
}
