namespace UnityCatalog.Emulator.Sql;

/// <summary>The checks of Databricks when a function is created: unknown parameters and functions.</summary>
internal sealed class BodyCheck(IReadOnlyList<(string Name, SqlType Type)> parameters, Func<string, SqlFunction?> functionOf)
{
    private readonly HashSet<string> _names = new(parameters.Select(parameter => parameter.Name), StringComparer.OrdinalIgnoreCase);

    public void CheckAll(IReadOnlyList<Expression?> expressions) => expressions.ToList().ForEach(Check);

    public void Check(Expression? expression)
    {
        switch (expression)
        {
            case NameReference reference when !_names.Contains(reference.Name):
                throw Evaluator.UnknownName(reference.Name);
            case Invocation call:
                CheckCall(call);
                call.Arguments.ToList().ForEach(Check);
                break;
            case Unary unary: Check(unary.Operand); break;
            case Binary binary: Check(binary.Left); Check(binary.Right); break;
            case InList list: Check(list.Value); list.Items.ToList().ForEach(Check); break;
            case Between between: Check(between.Value); Check(between.Low); Check(between.High); break;
            case Like like: Check(like.Value); Check(like.Pattern); break;
            case IsTest test: Check(test.Value); break;
            case CastTo cast: Check(cast.Value); break;
            case Case cases:
                Check(cases.Subject);
                foreach (var (when, then) in cases.Branches)
                {
                    Check(when);
                    Check(then);
                }

                Check(cases.Otherwise);
                break;
            default:
                break;
        }
    }

    private void CheckCall(Invocation call)
    {
        if (Builtins.Find(call.Name, call.Arguments.Count) is null)
        {
            var function = functionOf(call.Name.ToLowerInvariant()) ?? throw Builtins.Unknown(call.Name);
            if (function.Parameters.Count != call.Arguments.Count)
            {
                throw SqlException.Bad("WRONG_NUM_ARGS", "42605",
                    $"`{function.FullName}` takes {function.Parameters.Count} arguments, not {call.Arguments.Count}.");
            }
        }
    }
}
