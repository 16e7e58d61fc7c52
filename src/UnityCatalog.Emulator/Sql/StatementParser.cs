using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Parses the statements that the emulator supports; any other text is a syntax error.</summary>
internal sealed class StatementParser
{
    private readonly string _text;
    private readonly TokenReader _reader;

    private StatementParser(string text)
    {
        _text = text;
        _reader = new TokenReader(SqlLexer.Read(text));
    }

    /// <summary>Parses exactly one statement; semicolons may follow, and nothing else.</summary>
    public static Statement Parse(string text)
    {
        var parser = new StatementParser(text);
        var statement = parser.Read();
        while (parser._reader.TrySymbol(";"))
        {
            // as Databricks allows
        }

        parser._reader.ExpectEnd();
        return statement;
    }

    private Statement Read()
    {
        if (_reader.TryWord("CREATE"))
        {
            var replaces = _reader.TryWords("OR", "REPLACE");
            return _reader.TryWord("FUNCTION") ? ReadFunction(replaces)
                : _reader.TryWord("TABLE") ? ReadTable(replaces)
                : !replaces && (_reader.TryWord("SCHEMA") || _reader.TryWord("DATABASE")) ? ReadSchema()
                : throw SqlException.Syntax(_reader.Current.Shown);
        }

        if (_reader.TryWord("DROP"))
        {
            return ReadDrop();
        }

        return _reader.TryWord("ALTER") ? ReadAlter()
            : _reader.TryWord("GRANT") ? GrantParser.ReadGrant(_reader)
            : _reader.TryWord("REVOKE") ? GrantParser.ReadRevoke(_reader)
            : _reader.TryWords("SHOW", "GRANTS") || _reader.TryWords("SHOW", "GRANT") ? GrantParser.ReadShow(_reader)
            : _reader.TryWords("INSERT", "INTO") ? ReadInsert()
            : _reader.TryWord("SELECT") ? SelectParser.Read(_reader, _text)
            : throw SqlException.Syntax(_reader.Current.Shown);
    }

    private InsertRows ReadInsert()
    {
        _ = _reader.TryWord("TABLE");
        var name = _reader.ExpectNames(3);
        _reader.ExpectWords("VALUES");
        var rows = new List<IReadOnlyList<Expression>>();
        do
        {
            rows.Add(new ExpressionParser(_reader).ReadList());
        }
        while (_reader.TrySymbol(","));
        return new InsertRows(name, rows);
    }

    private Statement ReadDrop()
    {
        var family = SecurableWords.Read(_reader) ?? throw SqlException.Syntax(_reader.Current.Shown);
        var ifExists = _reader.TryWords("IF", "EXISTS");
        var name = _reader.ExpectNames(family.Depth());
        return family == SecurableFamily.Function ? new DropFunction(name, ifExists)
            : new DropObject(family, name, ifExists, !_reader.TryWord("RESTRICT") && _reader.TryWord("CASCADE"));
    }

    private CreateSchema ReadSchema()
    {
        var ifNotExists = _reader.TryWords("IF", "NOT", "EXISTS");
        var name = _reader.ExpectNames(2);
        return new CreateSchema(name, ifNotExists, _reader.TryWord("COMMENT") ? _reader.ExpectText() : null);
    }

    private CreateTable ReadTable(bool replaces)
    {
        var ifNotExists = _reader.TryWords("IF", "NOT", "EXISTS");
        var name = _reader.ExpectNames(3);
        var columns = ReadNamesWithTypes();
        return columns.Count == 0 || columns.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() < columns.Count
            ? throw SqlException.Bad("COLUMN_ALREADY_EXISTS", "42711", "A table has columns, each with a name of its own.")
            : new CreateTable(name, replaces, ifNotExists, columns, _reader.TryWord("COMMENT") ? _reader.ExpectText() : null);
    }

    private List<(string Name, SqlType Type)> ReadNamesWithTypes()
    {
        var named = new List<(string Name, SqlType Type)>();
        _reader.ExpectSymbol("(");
        while (!_reader.TrySymbol(")"))
        {
            if (named.Count > 0)
            {
                _reader.ExpectSymbol(",");
            }

            named.Add((_reader.ExpectName(), SqlType.Read(_reader)));
        }

        return named;
    }

    private CreateFunction ReadFunction(bool replaces)
    {
        var ifNotExists = _reader.TryWords("IF", "NOT", "EXISTS");
        var name = _reader.ExpectNames(3);
        var parameters = ReadNamesWithTypes();
        if (parameters.GroupBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw SqlException.Bad("DUPLICATE_ROUTINE_PARAMETER_NAMES", "42734", $"Found duplicate name `{twice.Key}` in the parameter list.");
        }

        _reader.ExpectWords("RETURNS");
        var returns = SqlType.Read(_reader);
        var comment = _reader.TryWord("COMMENT") ? _reader.ExpectText() : null;
        _reader.ExpectWords("RETURN");
        var start = _reader.Current.Position;
        var body = new ExpressionParser(_reader).Read();
        return new CreateFunction(
            name, replaces, ifNotExists, parameters, returns, comment, body, _text[start.._reader.Current.Position].TrimEnd());
    }

    private Statement ReadAlter()
    {
        var kind = _reader.Current.IsWord("MATERIALIZED") ? "MATERIALIZED VIEW"
            : _reader.Current.IsWord("STREAMING") ? "STREAMING TABLE" : "TABLE";
        var family = SecurableWords.Read(_reader) ?? throw SqlException.Syntax(_reader.Current.Shown);
        var table = _reader.ExpectNames(family.Depth());
        if (_reader.TryWords("SET", "OWNER", "TO") || _reader.TryWords("OWNER", "TO"))
        {
            return new SetOwner(family, table, _reader.ExpectName());
        }

        if (family != SecurableFamily.Table)
        {
            throw SqlException.Syntax(_reader.Current.Shown);
        }

        if (_reader.TryWords("RENAME", "TO"))
        {
            return new RenameTable(table, _reader.ReadNames());
        }

        if (_reader.TryWords("DROP", "ROW", "FILTER"))
        {
            return new DropRowFilter(kind, table);
        }

        if (_reader.TryWords("SET", "ROW", "FILTER"))
        {
            var filter = _reader.ExpectNames(3);
            _reader.ExpectWords("ON");
            return new SetRowFilter(kind, table, filter, ReadArguments());
        }

        _reader.ExpectWords("ALTER", "COLUMN");
        var column = _reader.ExpectName();
        if (_reader.TryWords("DROP", "MASK"))
        {
            return new DropMask(kind, table, column);
        }

        _reader.ExpectWords("SET", "MASK");
        var mask = _reader.ExpectNames(3);
        return new SetMask(kind, table, column, mask, _reader.TryWords("USING", "COLUMNS") ? ReadArguments() : []);
    }

    private List<GuardArgument> ReadArguments()
    {
        var arguments = new List<GuardArgument>();
        _reader.ExpectSymbol("(");
        while (!_reader.TrySymbol(")"))
        {
            if (arguments.Count > 0)
            {
                _reader.ExpectSymbol(",");
            }

            arguments.Add(_reader.Current.Kind is SqlTokenKind.Text or SqlTokenKind.Number
                ? new GuardArgument(Constant: _reader.Take().Text)
                : new GuardArgument(Column: _reader.ExpectName()));
        }

        return arguments;
    }
}
