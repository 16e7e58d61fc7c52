namespace PolicySync.Ranger;

/// <summary>A script holds (RangerScriptConditionEvaluator, RangerScriptTemplateConditionEvaluator).</summary>
internal sealed class ScriptCondition : Condition
{
    private readonly Func<ScriptScope, bool>? _script;
    private readonly string? _type;
    private readonly bool _expected;

    private ScriptCondition(string? type, string? script, bool expected)
    {
        _type = type;
        _expected = expected;
        _script = string.IsNullOrWhiteSpace(script) ? null : Script.ReadCondition(script);
    }

    /// <summary>Whether the script is of a form that this engine reads.</summary>
    public bool IsUnderstood => _script is not null;

    public override string Description => _script is null
        ? $"the script of condition `{_type}` is not understood"
        : $"condition `{_type}` is known only at a request";

    /// <summary>The script stands in the policy.</summary>
    public static ScriptCondition OfPolicy(RangerCondition condition) =>
        new(condition.Type, condition.Values.FirstOrDefault(), expected: true);

    /// <summary>
    /// The script stands in the service definition, and the policy says whether it must hold: yes or no. Where it says
    /// nothing, Ranger runs no script.
    /// </summary>
    public static ScriptCondition OfTemplate(RangerCondition condition, RangerPolicyConditionDef def)
    {
        var value = condition.Values.FirstOrDefault();
        var isNegated = JavaText.EqualsIgnoringCase(value, "no") || JavaText.EqualsIgnoringCase(value, "false");
        return new ScriptCondition(
            condition.Type, string.IsNullOrWhiteSpace(value) ? null : def.EvaluatorOptions.GetValueOrDefault("scriptTemplate"), !isNegated);
    }

    public override Truth Evaluate(in Asker asker) =>
        _script is null || asker.Facts is not { } facts
            ? Truth.Unknown
            : TruthTable.Of(_script(new ScriptScope(asker.Subject, facts, asker.Tag)) == _expected);
}
