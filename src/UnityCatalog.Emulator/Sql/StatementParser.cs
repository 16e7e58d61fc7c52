namespace UnityCatalog.Emulator.Sql;

/// <summary>Parses the statements that the emulator knows; any other text fails as a syntax error would.</summary>
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
                : !replaces && _reader.TryWord("SCHEMA") ? ReadSchema()
                : !replaces && _reader.TryWord("TABLE") ? ReadTable()
                : throw SqlException.Syntax(_reader.Current.Shown);
        }

        if (_reader.TryWord("DROP"))
        {
            _reader.ExpectWords("FUNCTION");
            var ifExists = _reader.TryWords("IF", "EXISTS");
            return new DropFunction(_reader.ExpectNames(3), ifExists);
        }

        if (_reader.TryWord("ALTER"))
        {
            return ReadAlter();
        }

        throw SqlException.Syntax(_reader.Current.Shown);
    }

    private CreateSchema ReadSchema()
    {
        var ifNotExists = _reader.TryWords("IF", "NOT", "EXISTS");
        var name = _reader.ExpectNames(2);
        return new CreateSchema(name, ifNotExists, _reader.TryWord("COMMENT") ? _reader.ExpectText() : null);
    }

    private CreateTable ReadTable()
    {
        var ifNotExists = _reader.TryWords("IF", "NOT", "EXISTS");
        var name = _reader.ExpectNames(3);
        var columns = ReadNamesWithTypes();
        return columns.Count == 0 || columns.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() < columns.Count
            ? throw SqlException.Bad("COLUMN_ALREADY_EXISTS", "42711", "A table has columns, each with a name of its own.")
            : new CreateTable(name, ifNotExists, columns, _reader.TryWord("COMMENT") ? _reader.ExpectText() : null);
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

    private AlterTable ReadAlter()
    {
        var kind = _reader.TryWord("TABLE") ? "TABLE"
            : _reader.TryWords("MATERIALIZED", "VIEW") ? "MATERIALIZED VIEW"
            : _reader.TryWords("STREAMING", "TABLE") ? "STREAMING TABLE"
            : throw SqlException.Syntax(_reader.Current.Shown);
        var table = _reader.ExpectNames(3);
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
