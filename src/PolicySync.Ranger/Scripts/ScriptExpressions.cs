using System.Globalization;

namespace PolicySync.Ranger.Scripts;

/// <summary>Reads expressions: literals, known names and functions, comparisons, not, and, or.</summary>
internal class ScriptExpressions(List<ScriptToken> tokens)
{
    private static readonly ScriptToken End = new(ScriptTokenKind.Symbol, "");

    /// <summary>Names that the script has declared.</summary>
    protected HashSet<string> Variables { get; } = new(StringComparer.Ordinal);

    protected int Next { get; set; }

    protected bool IsAtEnd => Next >= tokens.Count;

    /// <exception cref="FormatException">There is no expression of a known form.</exception>
    protected Func<ScriptScope, object?> Expression()
    {
        var left = And();
        while (Take("||"))
        {
            var (first, second) = (left, And());
            left = scope => ScriptValues.IsTruthy(first(scope)) ? first(scope) : second(scope);
        }

        return left;
    }

    private Func<ScriptScope, object?> And()
    {
        var left = Comparison();
        while (Take("&&"))
        {
            var (first, second) = (left, Comparison());
            left = scope => ScriptValues.IsTruthy(first(scope)) ? second(scope) : first(scope);
        }

        return left;
    }

    private Func<ScriptScope, object?> Comparison()
    {
        var left = Unary();
        if (At(Next) is { Kind: ScriptTokenKind.Symbol, Text: "==" or "===" or "!=" or "!==" or "<" or "<=" or ">" or ">=" })
        {
            var symbol = tokens[Next++].Text;
            var right = Unary();
            return scope => ScriptValues.Compare(symbol, left(scope), right(scope));
        }

        return left;
    }

    private Func<ScriptScope, object?> Unary()
    {
        if (Take("!"))
        {
            var value = Unary();
            return scope => !ScriptValues.IsTruthy(value(scope));
        }

        if (Take("("))
        {
            var value = Expression();
            Need(")");
            return value;
        }

        return Primary();
    }

    private Func<ScriptScope, object?> Primary()
    {
        var token = At(Next++);
        return token.Kind switch
        {
            ScriptTokenKind.Text => Constant(token.Text),
            ScriptTokenKind.Number => Constant(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture)),
            ScriptTokenKind.Name when token.Text is "true" or "false" => Constant(token.Text == "true"),
            ScriptTokenKind.Name when token.Text == "null" => Constant(null),
            ScriptTokenKind.Name when Variables.Contains(token.Text) => scope => scope.Variables.GetValueOrDefault(token.Text),
            ScriptTokenKind.Name => Reference(token.Text),
            _ => throw new FormatException($"`{token.Text}` is not expected"),
        };
    }

    private Func<ScriptScope, object?> Reference(string name)
    {
        while (Take("."))
        {
            name += $".{At(Next++).Text}";
        }

        if (!Take("("))
        {
            return ScriptFunctions.Property(name) ?? throw new FormatException($"`{name}` is not known");
        }

        var arguments = Arguments().ToArray();
        var function = ScriptFunctions.Find(name, arguments.Length) ?? throw new FormatException($"`{name}` is not known");
        return scope => function(scope, arguments);
    }

    private List<string?> Arguments()
    {
        var arguments = new List<string?>();
        while (!Take(")"))
        {
            arguments.Add(At(Next++) switch
            {
                { Kind: ScriptTokenKind.Text } argument => argument.Text,
                { Kind: ScriptTokenKind.Name, Text: "null" } => null,
                _ => throw new FormatException("only text can be an argument"),
            });
            Take(",");
        }

        return arguments;
    }

    protected ScriptToken At(int position) => position < tokens.Count ? tokens[position] : End;

    protected bool Is(int position, string text) =>
        At(position) is { Kind: ScriptTokenKind.Symbol or ScriptTokenKind.Name } token && token.Text == text;

    protected bool Take(string text)
    {
        if (!Is(Next, text))
        {
            return false;
        }

        Next++;
        return true;
    }

    protected void Need(string text)
    {
        if (!Take(text))
        {
            throw new FormatException($"`{text}` is missing");
        }
    }

    private static Func<ScriptScope, object?> Constant(object? value) => _ => value;
}
