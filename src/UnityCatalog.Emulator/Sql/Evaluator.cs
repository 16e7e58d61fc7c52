using System.Text;
using System.Text.RegularExpressions;

namespace UnityCatalog.Emulator.Sql;

/// <summary>The reader, as functions of the session see it.</summary>
/// <param name="User">The e-mail or application id, in the case in which the account stores it.</param>
/// <param name="IsInAccountGroup">Direct and indirect membership; names compare with case.</param>
/// <param name="IsInWorkspaceGroup">The same for <c>is_member</c>.</param>
/// <param name="FunctionOf">A function of the metastore by its full name in lower case; null when it does not exist.</param>
internal sealed record Session(
    string User, Func<string, bool> IsInAccountGroup, Func<string, bool> IsInWorkspaceGroup, Func<string, SqlFunction?> FunctionOf);

/// <summary>A function of the metastore, ready to be called.</summary>
internal sealed record SqlFunction(string FullName, IReadOnlyList<(string Name, SqlType Type)> Parameters, SqlType Returns, Expression Body);

/// <summary>Evaluates expressions with three-valued logic.</summary>
internal sealed class Evaluator(Session session)
{
    // A function that calls itself would be refused by Databricks when it is made; one made by hand may not be.
    private const int MaxCalls = 20;

    private int _calls;

    /// <summary>Calls a function. An argument of another type is cast without an error: to NULL where that fails.</summary>
    public object? Call(SqlFunction function, IReadOnlyList<object?> arguments)
    {
        if (arguments.Count != function.Parameters.Count)
        {
            throw SqlException.Bad("WRONG_NUM_ARGS", "42605",
                $"`{function.FullName}` takes {function.Parameters.Count} arguments, not {arguments.Count}.");
        }

        if (++_calls > MaxCalls)
        {
            throw SqlException.Unsupported("functions that call each other so deeply");
        }

        var names = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            names[function.Parameters[i].Name] = SqlValues.Cast(arguments[i], function.Parameters[i].Type, tries: true);
        }

        var result = SqlValues.Cast(Evaluate(function.Body, names), function.Returns, tries: false);
        _calls--;
        return result;
    }

    public object? Evaluate(Expression expression, IReadOnlyDictionary<string, object?> names) => expression switch
    {
        Literal literal => literal.Value,
        NameReference reference => names.TryGetValue(reference.Name, out var value) ? value : throw UnknownName(reference.Name),
        Unary { Operator: "NOT" } not => !SqlValues.Truth(Evaluate(not.Operand, names)),
        Unary minus => -SqlValues.Number(Evaluate(minus.Operand, names)),
        Binary binary => Evaluate(binary, names),
        InList list => Negate(Contains(list, names), list.Negated),
        Between between => Negate(IsBetween(between, names), between.Negated),
        Like like => Negate(IsLike(like, names), like.Negated),
        IsTest test => IsTrue(test, Evaluate(test.Value, names)),
        Case cases => Evaluate(cases, names),
        CastTo cast => SqlValues.Cast(Evaluate(cast.Value, names), cast.Type, cast.Tries),
        Invocation call => Evaluate(call, names),
        _ => throw SqlException.Unsupported(expression.GetType().Name),
    };

    public static SqlException UnknownName(string name) => SqlException.Bad(
        "UNRESOLVED_COLUMN", "42703", $"A column, variable, or function parameter with name `{name}` cannot be resolved.");

    private object? Evaluate(Binary binary, IReadOnlyDictionary<string, object?> names)
    {
        if (binary.Operator is "AND" or "OR")
        {
            return Combine(binary.Operator == "AND", SqlValues.Truth(Evaluate(binary.Left, names)), () => SqlValues.Truth(Evaluate(binary.Right, names)));
        }

        var (left, right) = (Evaluate(binary.Left, names), Evaluate(binary.Right, names));
        switch (binary.Operator)
        {
            case "||":
                return left is null || right is null ? null : SqlValues.Show(left) + SqlValues.Show(right);
            case "<=>":
                return left is null || right is null ? left is null && right is null : SqlValues.Compare(left, right) == 0;
            case "+" or "-" or "*" or "/" or "%":
                return Calculate(binary.Operator, left, right);
            default:
                return SqlValues.Compare(left, right) is not { } order ? null : binary.Operator switch
                {
                    "=" or "==" => order == 0,
                    "<>" or "!=" => order != 0,
                    "<" => order < 0,
                    "<=" => order <= 0,
                    ">" => order > 0,
                    _ => order >= 0,
                };
        }
    }

    private static bool? Combine(bool isAnd, bool? left, Func<bool?> right) => isAnd
        ? left == false ? false : right() switch { false => false, true => left, null => null }
        : left == true ? true : right() switch { true => true, false => left, null => null };

    private static object? Calculate(string sign, object? left, object? right)
    {
        if (SqlValues.Number(left) is not { } a || SqlValues.Number(right) is not { } b)
        {
            return null;
        }

        return sign switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            _ when b == 0 => throw SqlException.Bad("DIVIDE_BY_ZERO", "22012", "Division by zero."),
            "/" => a / b,
            _ => a % b,
        };
    }

    private bool? Contains(InList list, IReadOnlyDictionary<string, object?> names)
    {
        var value = Evaluate(list.Value, names);
        bool? found = false;
        foreach (var item in list.Items)
        {
            if (SqlValues.Compare(value, Evaluate(item, names)) is not { } order)
            {
                found = null;
            }
            else if (order == 0)
            {
                return true;
            }
        }

        return found;
    }

    private bool? IsBetween(Between between, IReadOnlyDictionary<string, object?> names)
    {
        var value = Evaluate(between.Value, names);
        return Combine(isAnd: true, SqlValues.Compare(value, Evaluate(between.Low, names)) >= 0, () => SqlValues.Compare(value, Evaluate(between.High, names)) <= 0);
    }

    private bool? IsLike(Like like, IReadOnlyDictionary<string, object?> names)
    {
        var (value, pattern) = (SqlValues.Show(Evaluate(like.Value, names)), SqlValues.Show(Evaluate(like.Pattern, names)));
        return value is null || pattern is null ? null : Matches(value, pattern, like.IgnoresCase);
    }

    private static bool Matches(string value, string pattern, bool ignoresCase)
    {
        var expression = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            expression.Append(pattern[i] switch
            {
                '%' => ".*",
                '_' => ".",
                '\\' when i + 1 < pattern.Length => Regex.Escape(pattern[++i].ToString()),
                var c => Regex.Escape(c.ToString()),
            });
        }

        var options = RegexOptions.Singleline | RegexOptions.NonBacktracking
            | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        return Regex.IsMatch(value, expression.Append('$').ToString(), options, TimeSpan.FromSeconds(1));
    }

    private static bool IsTrue(IsTest test, object? value)
    {
        var holds = test.Wanted is { } wanted ? SqlValues.Truth(value) == wanted : value is null;
        return holds != test.Negated;
    }

    private static bool? Negate(bool? value, bool negated) => negated ? !value : value;

    private object? Evaluate(Case cases, IReadOnlyDictionary<string, object?> names)
    {
        var subject = cases.Subject is null ? null : Evaluate(cases.Subject, names);
        foreach (var (when, then) in cases.Branches)
        {
            var met = Evaluate(when, names);
            if (cases.Subject is null ? SqlValues.Truth(met) == true : SqlValues.Compare(subject, met) == 0)
            {
                return Evaluate(then, names);
            }
        }

        return cases.Otherwise is null ? null : Evaluate(cases.Otherwise, names);
    }

    private object? Evaluate(Invocation call, IReadOnlyDictionary<string, object?> names)
    {
        var arguments = call.Arguments.Select(argument => Evaluate(argument, names)).ToList();
        if (Builtins.Find(call.Name, arguments.Count) is { } builtin)
        {
            return builtin(session, arguments);
        }

        return Call(session.FunctionOf(call.Name.ToLowerInvariant()) ?? throw Builtins.Unknown(call.Name), arguments);
    }
}
