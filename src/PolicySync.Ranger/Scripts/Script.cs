namespace PolicySync.Ranger.Scripts;

/// <summary>
/// The part of JavaScript that conditions are written in: one expression, or assignments to <c>ctx.result</c>, perhaps
/// under an <c>if</c>. Any other script is not supported, and no part of it is run.
/// </summary>
internal sealed class Script : ScriptExpressions
{
    private const string Result = "result";

    // Longer scripts are not conditions, and reading them would exhaust the stack.
    private const int MaxTokens = 500;

    private Script(List<ScriptToken> tokens)
        : base(tokens)
    {
    }

    /// <summary>Reads a condition.</summary>
    /// <returns>A function that evaluates the condition; null when the script is not supported.</returns>
    public static Func<ScriptScope, bool>? ReadCondition(string text) => Read(text, script => script.Statements());

    /// <summary>Reads an expression.</summary>
    /// <returns>A function that gives its value; null when the expression is not supported.</returns>
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
        var value = Expression();
        return IsAtEnd ? value : throw new FormatException("the expression does not end");
    }

    private Func<ScriptScope, bool> Statements()
    {
        var statements = new List<Func<ScriptScope, object?>>();
        while (!IsAtEnd)
        {
            statements.Add(Statement());
            if (!Take(";") && !IsAtEnd && !Is(Next - 1, "}"))
            {
                throw new FormatException("the statement does not end");
            }
        }

        // The value of a script is that of its last expression if that is a boolean; else what it has set as result, or false
        // (RangerRequestScriptEvaluator.evaluateConditionScript).
        return scope =>
        {
            object? last = null;
            foreach (var statement in statements)
            {
                last = statement(scope);
            }

            return last as bool? ?? ScriptValues.IsTruthy(scope.Variables.GetValueOrDefault(Result));
        };
    }

    private Func<ScriptScope, object?> Statement()
    {
        if (Take("if"))
        {
            Need("(");
            var condition = Expression();
            Need(")");
            var body = Take("{") ? Block() : Statement();
            return scope => ScriptValues.IsTruthy(condition(scope)) ? body(scope) : null;
        }

        if (Take("var"))
        {
            Variables.Add(At(Next).Text);
        }

        return AssignedName() is { } name ? Assignment(name) : Expression();
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
        var value = Expression();
        return scope =>
        {
            scope.Variables[name] = value(scope);
            return null;
        };
    }

    private string? AssignedName()
    {
        if (Is(Next, "ctx") && Is(Next + 1, ".") && Is(Next + 2, Result) && Is(Next + 3, "="))
        {
            Next += 4;
            return Result;
        }

        if (Is(Next + 1, "=") && Variables.Contains(At(Next).Text))
        {
            Next += 2;
            return At(Next - 2).Text;
        }

        return null;
    }
}
