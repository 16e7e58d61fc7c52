namespace PolicySync.Ranger;

/// <summary>
/// Which of some tags the resource has: any, all or none of them (Ranger's evaluators for expected tags).
/// </summary>
internal sealed class TagsCondition(RangerCondition condition, TagsCondition.Wanted wanted) : Condition
{
    public enum Wanted
    {
        Any,
        All,
        None,
    }

    public override string Description => $"condition `{condition.Type}` is known only at a request";

    public override Truth Evaluate(in Asker asker)
    {
        if (asker.Facts is not { } facts)
        {
            return Truth.Unknown;
        }

        var values = condition.Values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        bool Has(string type) => facts.Tags.Any(t => t.Type == type);
        return TruthTable.Of(wanted switch
        {
            _ when values.Count == 0 => true,
            Wanted.Any => values.Exists(Has),
            Wanted.All => values.TrueForAll(Has),
            _ => !values.Exists(Has),
        });
    }
}
