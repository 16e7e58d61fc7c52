using System.Globalization;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Parses expressions, weakest operator first. Refuses what it does not support: sub-queries, lambdas, intervals …</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private const int MaxDepth = 400;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "SELECT", "FROM", "WHERE", "WITH", "TABLE", "VALUES", "UNION", "EXCEPT", "INTERSECT", "JOIN", "EXISTS", "INTERVAL", "LATERAL",
        "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "IS", "WHEN", "THEN", "ELSE", "END", "AS", "DISTINCT",
    };

    private int _depth;

    /// <summary>Reads an expression that is the whole of a text.</summary>
    public static Expression Parse(string text)
    {
        var reader = new TokenReader(SqlLexer.Read(text));
        var expression = new ExpressionParser(reader).Read();
        reader.ExpectEnd();
        return expression;
    }

    public Expression Read()
    {
        if (++_depth > MaxDepth)
        {
            throw SqlException.Unsupported("an expression so deeply nested");
        }

        var left = ReadAnd();
        while (reader.TryWord("OR"))
        {
            left = new Binary("OR", left, ReadAnd());
        }

        _depth--;
        return left;
    }

    private Expression ReadAnd()
    {
        var left = ReadNot();
        while (reader.TryWord("AND"))
        {
            left = new Binary("AND", left, ReadNot());
        }

        return left;
    }

    private Expression ReadNot() => reader.TryWord("NOT") || reader.TrySymbol("!") ? new Unary("NOT", ReadNot()) : ReadPredicate();

    private Expression ReadPredicate()
    {
        var left = ReadSum();
        while (true)
        {
            if (Array.Find(["<=>", "<=", ">=", "<>", "!=", "==", "=", "<", ">"], reader.TrySymbol) is { } comparison)
            {
                left = new Binary(comparison, left, ReadSum());
                continue;
            }

            if (reader.TryWord("IS"))
            {
                var negatedTest = reader.TryWord("NOT");
                left = reader.TryWord("NULL") ? new IsTest(left, null, negatedTest)
                    : reader.TryWord("TRUE") ? new IsTest(left, true, negatedTest)
                    : reader.TryWord("FALSE") ? new IsTest(left, false, negatedTest)
                    : throw SqlException.Syntax(reader.Current.Shown);
                continue;
            }

            var negated = reader.Current.IsWord("NOT")
                && (reader.Following.IsWord("IN") || reader.Following.IsWord("BETWEEN") || reader.Following.IsWord("LIKE") || reader.Following.IsWord("ILIKE"))
                && reader.TryWord("NOT");
            if (reader.TryWord("IN"))
            {
                left = new InList(left, ReadList(), negated);
            }
            else if (reader.TryWord("BETWEEN"))
            {
                var low = ReadSum();
                reader.ExpectWords("AND");
                left = new Between(left, low, ReadSum(), negated);
            }
            else if (reader.Current.IsWord("LIKE") || reader.Current.IsWord("ILIKE"))
            {
                var ignoresCase = reader.Take().IsWord("ILIKE");
                left = new Like(left, ReadSum(), ignoresCase, negated);
            }
            else
            {
                return left;
            }
        }
    }

    private Expression ReadSum()
    {
        var left = ReadProduct();
        while (Array.Find(["+", "-", "||"], reader.TrySymbol) is { } sign)
        {
            left = new Binary(sign, left, ReadProduct());
        }

        return left;
    }

    private Expression ReadProduct()
    {
        var left = ReadSigned();
        while (Array.Find(["*", "/", "%"], reader.TrySymbol) is { } sign)
        {
            left = new Binary(sign, left, ReadSigned());
        }

        return left;
    }

    private Expression ReadSigned() =>
        reader.TrySymbol("-") ? new Unary("-", ReadSigned()) : reader.TrySymbol("+") ? ReadSigned() : ReadCasts();

    private Expression ReadCasts()
    {
        var value = ReadPrimary();
        while (reader.TrySymbol("::"))
        {
            value = new CastTo(value, SqlType.Read(reader), Tries: false);
        }

        return value;
    }

    private Expression ReadPrimary()
    {
        var token = reader.Current;
        switch (token.Kind)
        {
            case SqlTokenKind.Text:
                reader.Advance();
                return new Literal(token.Text);
            case SqlTokenKind.Number:
                reader.Advance();
                return new Literal(Number(token.Text));
            case SqlTokenKind.Quoted:
                return ReadReference();
            case SqlTokenKind.Symbol when reader.TrySymbol("("):
                var inner = Read();
                reader.ExpectSymbol(")");
                return inner;
            case SqlTokenKind.Word:
                return ReadWord(token);
            default:
                throw SqlException.Syntax(token.Shown);
        }
    }

    private Expression ReadWord(SqlToken token)
    {
        if (reader.TryWord("NULL"))
        {
            return new Literal(null);
        }

        if (reader.TryWord("TRUE"))
        {
            return new Literal(true);
        }

        if (reader.TryWord("FALSE"))
        {
            return new Literal(false);
        }

        if (reader.TryWord("CASE"))
        {
            return ReadCase();
        }

        if (reader.Following.Kind == SqlTokenKind.Text && (token.IsWord("DATE") || token.IsWord("TIMESTAMP")))
        {
            reader.Advance();
            return new CastTo(new Literal(reader.ExpectText()), SqlType.Of(token.Text), Tries: false);
        }

        if (reader.Following.IsSymbol("(") && (token.IsWord("CAST") || token.IsWord("TRY_CAST")))
        {
            reader.Advance();
            reader.Advance();
            var value = Read();
            reader.ExpectWords("AS");
            var type = SqlType.Read(reader);
            reader.ExpectSymbol(")");
            return new CastTo(value, type, token.IsWord("TRY_CAST"));
        }

        return Reserved.Contains(token.Text) ? throw SqlException.Syntax(token.Shown) : ReadReference();
    }

    private Expression ReadReference()
    {
        var names = new List<string> { reader.ExpectName() };
        while (reader.TrySymbol("."))
        {
            names.Add(reader.ExpectName());
        }

        var name = string.Join('.', names);
        return reader.Current.IsSymbol("(") ? new Invocation(name, ReadList(mayBeEmpty: true))
            : names.Count == 1 ? new NameReference(name)
            : throw SqlException.Unsupported($"the reference {name}");
    }

    /// <summary>Expressions between parentheses.</summary>
    public List<Expression> ReadList(bool mayBeEmpty = false)
    {
        reader.ExpectSymbol("(");
        var items = new List<Expression>();
        if (mayBeEmpty && reader.TrySymbol(")"))
        {
            return items;
        }

        do
        {
            items.Add(Read());
        }
        while (reader.TrySymbol(","));
        reader.ExpectSymbol(")");
        return items;
    }

    private Case ReadCase()
    {
        var subject = reader.Current.IsWord("WHEN") ? null : Read();
        var branches = new List<(Expression, Expression)>();
        while (reader.TryWord("WHEN"))
        {
            var when = Read();
            reader.ExpectWords("THEN");
            branches.Add((when, Read()));
        }

        var otherwise = reader.TryWord("ELSE") ? Read() : null;
        reader.ExpectWords("END");
        return branches.Count > 0 ? new Case(subject, branches, otherwise) : throw SqlException.Syntax("'END'");
    }

    private static object Number(string text) =>
        text.Contains('e', StringComparison.OrdinalIgnoreCase)
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? number : throw SqlException.Syntax($"'{text}'");
}
