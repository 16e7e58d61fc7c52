using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Conditions;

/// <summary>
/// An attribute of the request fits one of the values, wildcards allowed (Ranger's RangerSimpleMatcher). Without values
/// it always holds.
/// </summary>
internal sealed class ContextValueCondition(RangerCondition condition, RangerPolicyConditionDef def) : Condition
{
    private readonly string? _attribute = def.EvaluatorOptions.GetValueOrDefault("CONTEXT_NAME");

    public override string Description => $"condition `{condition.Type}` can only be evaluated for a request";

    public override Truth Evaluate(in Asker asker)
    {
        if (asker.Facts is not { } facts)
        {
            return Truth.Unknown;
        }

        if (condition.Values.Count == 0 || string.IsNullOrEmpty(_attribute))
        {
            return Truth.True;
        }

        return TruthTable.Of(
            facts.Context.TryGetValue(_attribute, out var actual)
            && condition.Values.Exists(value => Wildcard.IsMatch(actual, value)));
    }
}
