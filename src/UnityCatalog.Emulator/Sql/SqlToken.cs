namespace UnityCatalog.Emulator.Sql;

internal enum SqlTokenKind
{
    Word,
    Quoted,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>One token. For a quoted name or a text literal, <paramref name="Text"/> is the unquoted value.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text, int Position)
{
    public bool IsWord(string word) => Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == SqlTokenKind.Symbol && Text == symbol;

    public string Shown => Kind == SqlTokenKind.End ? "end of input" : $"'{Text}'";
}
