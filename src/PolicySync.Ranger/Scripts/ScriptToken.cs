using System.Buffers;

namespace PolicySync.Ranger.Scripts;

/// <summary>A piece of a script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; for a string the content between the quotes.</param>
internal readonly record struct ScriptToken(ScriptTokenKind Kind, string Text)
{
    private static readonly string[] Symbols =
        ["===", "!==", "==", "!=", "<=", ">=", "&&", "||", "!", "<", ">", "=", "(", ")", "{", "}", "[", "]", ".", ",", ";"];

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$");

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Cuts a script into tokens; null when it contains an unknown character.</summary>
    public static List<ScriptToken>? Cut(string script)
    {
        var tokens = new List<ScriptToken>();
        for (var i = 0; i < script.Length;)
        {
            if (char.IsWhiteSpace(script[i]))
            {
                i++;
                continue;
            }

            var rest = script.AsSpan(i);
            if (Next(rest, script, i) is not { } token)
            {
                return null;
            }

            tokens.Add(token);
            i += token.Text.Length + (token.Kind == ScriptTokenKind.Text ? 2 : 0);
        }

        return tokens;
    }

    private static ScriptToken? Next(ReadOnlySpan<char> rest, string script, int start)
    {
        if (rest[0] is '"' or '\'')
        {
            // Escapes do not occur in conditions; a script with one is not understood.
            var end = rest[1..].IndexOf(rest[0]);
            return end < 0 || rest[1..(end + 1)].Contains('\\') ? null : new(ScriptTokenKind.Text, rest[1..(end + 1)].ToString());
        }

        if (char.IsAsciiDigit(rest[0]))
        {
            return new(ScriptTokenKind.Number, Run(rest, NumberCharacters));
        }

        if (NameCharacters.Contains(rest[0]))
        {
            return new(ScriptTokenKind.Name, Run(rest, NameCharacters));
        }

        var symbol = Array.Find(Symbols, s => string.CompareOrdinal(script, start, s, 0, s.Length) == 0);
        return symbol is null ? null : new(ScriptTokenKind.Symbol, symbol);
    }

    private static string Run(ReadOnlySpan<char> rest, SearchValues<char> characters)
    {
        var end = rest.IndexOfAnyExcept(characters);
        return rest[..(end < 0 ? rest.Length : end)].ToString();
    }
}

/// <summary>Kinds of pieces of a script.</summary>
internal enum ScriptTokenKind
{
    Name,
    Number,
    Text,
    Symbol,
}
