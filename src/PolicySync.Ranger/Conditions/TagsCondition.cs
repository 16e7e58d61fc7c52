using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conditions;

/// <summary>
/// Which of some tags the resource has: any, all or none of them (Ranger's evaluators for expected tags). Each value is
/// one tag, commas included.
/// </summary>
internal sealed class TagsCondition(RangerCondition condition, TagsCondition.Wanted wanted) : Condition
{
    private readonly string[] _types = [.. condition.Values.Select(value => value.Trim())];

    public enum Wanted
    {
        Any,
        All,
        None,
    }

    public override string Description => $"condition `{condition.Type}` can only be evaluated for a request";

    public override Truth Evaluate(in Asker asker)
    {
        if (asker.Facts is not { } facts)
        {
            return Truth.Unknown;
        }

        bool Has(string type) => facts.Tags.Any(t => t.Type == type);
        return TruthTable.Of(wanted switch
        {
            Wanted.Any => Array.Exists(_types, Has),
            Wanted.All => Array.TrueForAll(_types, Has),
            _ => !Array.Exists(_types, Has),
        });
    }
}
