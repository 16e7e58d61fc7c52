using System.Globalization;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Scripts;

/// <summary>Text with expressions in it, <c>/home/${{USER._name}}</c>, prepared once.</summary>
internal sealed class ScriptText
{
    private readonly string _text;
    private readonly Dictionary<string, Func<ScriptScope, object?>?> _expressions = new(StringComparer.Ordinal);

    private ScriptText(string text)
    {
        _text = text;
        RequestExpression.Replace(text, expression =>
        {
            _expressions[expression] = Script.ReadExpression(expression);
            return "";
        });
    }

    /// <summary>Whether every expression is understood.</summary>
    public bool IsKnown => !_expressions.ContainsValue(null);

    /// <summary>Prepares a text; null when it contains no expression.</summary>
    public static ScriptText? Of(string? text) => text is not null && RequestExpression.Occurs(text) ? new ScriptText(text) : null;

    /// <summary>Fills the expressions in. One that fails or has no value gives the word <c>null</c>, in Ranger too.</summary>
    public string Fill(ScriptScope scope) => RequestExpression.Replace(_text, expression => Write(_expressions[expression]?.Invoke(scope)));

    private static string Write(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };
}
