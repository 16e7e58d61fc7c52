using System.Globalization;

namespace PolicySync.Ranger;

/// <summary>
/// The part of JavaScript that conditions are written in: one expression, or assignments to <c>ctx.result</c>, perhaps
/// under an <c>if</c>. Anything else is not understood, and then nothing of the script is run.
/// </summary>
internal sealed class Script
{
    private const string Result = "result";

    // Longer ones are no conditions, and reading them would go deep into the stack.
    private const int MaxTokens = 500;

    private static readonly ScriptToken End = new(ScriptTokenKind.Symbol, "");

    private readonly List<ScriptToken> _tokens;
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private int _next;

    private Script(List<ScriptToken> tokens) => _tokens = tokens;

    /// <summary>Reads a condition.</summary>
    /// <returns>What runs it, giving whether the condition holds; null when the script is not understood.</returns>
    public static Func<ScriptScope, bool>? ReadCondition(string text) => Read(text, script => script.Statements());

    /// <summary>Reads an expression.</summary>
    /// <returns>What gives its value; null when it is not understood.</returns>
    public static Func<ScriptScope, object?>? ReadExpression(string text) => Read(text, script => script.Whole());

    private static Func<ScriptScope, T>? Read<T>(string text, Func<Script, Func<ScriptScope, T>> read)
    {
        if (ScriptToken.Cut(text) is not { Count: > 0 and <= MaxTokens } tokens)
        {
            return null;
        }

        try
        {
            return read(new Script(tokens));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private Func<ScriptScope, object?> Whole()
    {
        var value = Or();
        return _next == _tokens.Count ? value : throw new FormatException("the expression goes on");
    }

    private Func<ScriptScope, bool> Statements()
    {
        var statements = new List<Func<ScriptScope, object?>>();
        while (_next < _tokens.Count)
        {
            statements.Add(Statement());
            while (Take(";"))
            {
            }
        }

        // The value of a script is that of its last expression; one that gives none has set the result, or left it false.
        return scope =>
        {
            object? last = null;
            foreach (var statement in statements)
            {
                last = statement(scope);
            }

            return ScriptValues.IsTruthy(last ?? scope.Variables.GetValueOrDefault(Result));
        };
    }

    private Func<ScriptScope, object?> Statement()
    {
        if (Take("if"))
        {
            Need("(");
            var condition = Or();
            Need(")");
            var body = Take("{") ? Block() : Statement();
            return scope => ScriptValues.IsTruthy(condition(scope)) ? body(scope) : null;
        }

        if (Take("var"))
        {
            _variables.Add(At(_next).Text);
        }

        return AssignedName() is { } name ? Assignment(name) : Or();
    }

    private Func<ScriptScope, object?> Block()
    {
        var body = Statement();
        Take(";");
        Need("}");
        return body;
    }

    private Func<ScriptScope, object?> Assignment(string name)
    {
        var value = Or();
        return scope =>
        {
            scope.Variables[name] = value(scope);
            return null;
        };
    }

    private string? AssignedName()
    {
        if (Is(_next, "ctx") && Is(_next + 1, ".") && Is(_next + 2, Result) && Is(_next + 3, "="))
        {
            _next += 4;
            return Result;
        }

        if (Is(_next + 1, "=") && _variables.Contains(At(_next).Text))
        {
            _next += 2;
            return _tokens[_next - 2].Text;
        }

        return null;
    }

    private Func<ScriptScope, object?> Or()
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
        if (At(_next) is { Kind: ScriptTokenKind.Symbol, Text: "==" or "===" or "!=" or "!==" or "<" or "<=" or ">" or ">=" })
        {
            var symbol = _tokens[_next++].Text;
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
            var value = Or();
            Need(")");
            return value;
        }

        return Primary();
    }

    private Func<ScriptScope, object?> Primary()
    {
        var token = At(_next++);
        return token.Kind switch
        {
            ScriptTokenKind.Text => Constant(token.Text),
            ScriptTokenKind.Number => Constant(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture)),
            ScriptTokenKind.Name when token.Text is "true" or "false" => Constant(token.Text == "true"),
            ScriptTokenKind.Name when token.Text == "null" => Constant(null),
            ScriptTokenKind.Name when _variables.Contains(token.Text) => scope => scope.Variables.GetValueOrDefault(token.Text),
            ScriptTokenKind.Name => Reference(token.Text),
            _ => throw new FormatException($"`{token.Text}` is not expected"),
        };
    }

    private Func<ScriptScope, object?> Reference(string name)
    {
        while (Take("."))
        {
            name += $".{At(_next++).Text}";
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
            arguments.Add(At(_next++) switch
            {
                { Kind: ScriptTokenKind.Text } argument => argument.Text,
                { Kind: ScriptTokenKind.Name, Text: "null" } => null,
                _ => throw new FormatException("only text can be an argument"),
            });
            Take(",");
        }

        return arguments;
    }

    private ScriptToken At(int position) => position < _tokens.Count ? _tokens[position] : End;

    private bool Is(int position, string text) =>
        At(position) is { Kind: ScriptTokenKind.Symbol or ScriptTokenKind.Name } token && token.Text == text;

    private bool Take(string text)
    {
        if (!Is(_next, text))
        {
            return false;
        }

        _next++;
        return true;
    }

    private void Need(string text)
    {
        if (!Take(text))
        {
            throw new FormatException($"`{text}` is missing");
        }
    }

    private static Func<ScriptScope, object?> Constant(object? value) => _ => value;
}
