using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Conditions;

/// <summary>A script holds (RangerScriptConditionEvaluator, RangerScriptTemplateConditionEvaluator).</summary>
internal sealed class ScriptCondition : Condition
{
    private readonly Func<ScriptScope, bool>? _script;
    private readonly string? _type;
    private readonly bool _expected;
    private readonly bool _isEmpty;

    private ScriptCondition(string? type, string? script, bool expected)
    {
        _type = type;
        _expected = expected;
        _isEmpty = string.IsNullOrWhiteSpace(script);
        _script = _isEmpty ? null : Script.ReadCondition(script!);
    }

    /// <summary>Whether the script is of a form that this engine reads; Ranger takes no notice of an empty one.</summary>
    public bool IsUnderstood => _script is not null || _isEmpty;

    public override string Description => _isEmpty ? $"condition `{_type}` has no value or no script"
        : _script is null ? $"the script of condition `{_type}` is not supported"
        : $"condition `{_type}` can only be evaluated for a request";

    /// <summary>The script is in the policy.</summary>
    public static Condition OfPolicy(RangerCondition condition, TagDates dates) =>
        Of(condition, condition.Values.FirstOrDefault(), expected: true, dates);

    /// <summary>
    /// The script is in the service definition, and the policy's value is whether it must hold: yes or no. Without a value, Ranger
    /// runs no script.
    /// </summary>
    public static Condition OfTemplate(RangerCondition condition, RangerPolicyConditionDef def, TagDates dates)
    {
        var value = condition.Values.FirstOrDefault();
        var isNegated = JavaText.EqualsIgnoringCase(value, "no") || JavaText.EqualsIgnoringCase(value, "false");
        return Of(condition, string.IsNullOrWhiteSpace(value) ? null : def.EvaluatorOptions.GetValueOrDefault("scriptTemplate"), !isNegated, dates);
    }

    private static Condition Of(RangerCondition condition, string? script, bool expected, TagDates dates)
    {
        var whole = new ScriptCondition(condition.Type, script, expected);
        return TagDateCondition.Of(condition, whole, script, expected, dates) ?? (Condition)whole;
    }

    public override Truth Evaluate(in Asker asker) =>
        _script is null || asker.Facts is not { } facts
            ? Truth.Unknown
            : TruthTable.Of(_script(new ScriptScope(asker.Subject, facts, asker.Tag)) == _expected);
}
