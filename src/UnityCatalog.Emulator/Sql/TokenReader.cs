namespace UnityCatalog.Emulator.Sql;

/// <summary>Reads tokens one by one.</summary>
internal sealed class TokenReader(List<SqlToken> tokens)
{
    private int _at;

    public SqlToken Current => tokens[_at];

    public SqlToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public void Advance() => _at = Math.Min(_at + 1, tokens.Count - 1);

    public SqlToken Take()
    {
        var token = Current;
        Advance();
        return token;
    }

    public bool TryWord(string word)
    {
        var found = Current.IsWord(word);
        _at += found ? 1 : 0;
        return found;
    }

    public bool TryWords(params string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (_at + i >= tokens.Count || !tokens[_at + i].IsWord(words[i]))
            {
                return false;
            }
        }

        _at += words.Length;
        return true;
    }

    public bool TrySymbol(string symbol)
    {
        var found = Current.IsSymbol(symbol);
        _at += found ? 1 : 0;
        return found;
    }

    public void ExpectWords(params string[] words)
    {
        foreach (var word in words)
        {
            if (!TryWord(word))
            {
                throw SqlException.Syntax(Current.Shown);
            }
        }
    }

    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol))
        {
            throw SqlException.Syntax(Current.Shown);
        }
    }

    public string ExpectWord() => Current.Kind == SqlTokenKind.Word ? Take().Text : throw SqlException.Syntax(Current.Shown);

    /// <summary>A name, quoted or not.</summary>
    public string ExpectName() => Current.Kind is SqlTokenKind.Word or SqlTokenKind.Quoted
        ? Take().Text : throw SqlException.Syntax(Current.Shown);

    public string ExpectText() => Current.Kind == SqlTokenKind.Text ? Take().Text : throw SqlException.Syntax(Current.Shown);

    /// <summary>A name of so many parts, outermost first.</summary>
    public string[] ExpectNames(int parts)
    {
        var names = ReadNames();
        return names.Length == parts ? names
            : throw SqlException.Unsupported($"the name {string.Join('.', names)}, which has {names.Length} parts and not {parts}");
    }

    /// <summary>A name of any number of parts.</summary>
    public string[] ReadNames()
    {
        var names = new List<string> { ExpectName() };
        while (TrySymbol("."))
        {
            names.Add(ExpectName());
        }

        return [.. names];
    }

    public void ExpectEnd()
    {
        if (Current.Kind != SqlTokenKind.End)
        {
            throw SqlException.Syntax(Current.Shown);
        }
    }
}
