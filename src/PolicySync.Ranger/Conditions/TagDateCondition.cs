using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conditions;

/// <summary>
/// The access happens after, or before, a date that an attribute of the tag names: the condition of Ranger's usual policy
/// for the tag <c>EXPIRES_ON</c>, whose script reads <c>ctx.isAccessedAfter('expiry_date');</c>. It asks for nothing but
/// the time and the tag, so that grants can be given and taken back by it as by a schedule.
/// </summary>
internal sealed class TagDateCondition : Condition
{
    private static readonly string[] After = ["ctx", ".", "isAccessedAfter", "(", "", ")"];
    private static readonly string[] Before = ["ctx", ".", "isAccessedBefore", "(", "", ")"];
    private static readonly string[] Setting = ["ctx", ".", "result", "="];
    private static readonly string[] If = ["if", "("];
    private static readonly string[] Then = [")", .. Setting, "true"];

    private readonly ScriptCondition _script;
    private readonly string _attribute;
    private readonly bool _isAfter;
    private readonly bool _expected;
    private readonly TagDates _dates;
    private readonly string? _type;

    private TagDateCondition(
        RangerCondition condition, ScriptCondition script, (string Attribute, bool IsAfter) call, bool expected, TagDates dates)
    {
        (_type, _script, _attribute, _isAfter, _expected, _dates) =
            (condition.Type, script, call.Attribute, call.IsAfter, expected, dates);
    }

    public override string Description => _script.Description;

    /// <summary>The condition; null when the script is more than the one question.</summary>
    public static TagDateCondition? Of(RangerCondition condition, ScriptCondition script, string? text, bool expected, TagDates dates) =>
        script.IsUnderstood && text is not null && CallIn(text) is { } call
            ? new TagDateCondition(condition, script, call, expected, dates)
            : null;

    public override Truth Evaluate(in Asker asker) =>
        asker.Facts is not null ? _script.Evaluate(asker)
        : asker is { Tag: { } tag, At: { } at } && Holds(tag, at) is { } holds ? TruthTable.Of(holds == _expected)
        : Truth.Unknown;

    public override string? OpenFor(ResourceTag? tag, DateTimeOffset? at)
    {
        if (tag is null || at is not { } time)
        {
            return Description;
        }

        return Holds(tag, time) is not null ? null
            : tag.Attributes.TryGetValue(_attribute, out var date)
                ? $"condition `{_type}`: `{_attribute}` of tag `{tag.Type}` is `{date}`, which Ranger cannot read as a date; write it as yyyy/MM/dd"
                : $"condition `{_type}`: tag `{tag.Type}` has no `{_attribute}`; give it a date as yyyy/MM/dd";
    }

    public override DateTimeOffset? NextChange(ResourceTag tag, DateTimeOffset after) => _dates.NextChange(DateOf(tag), after);

    private bool? Holds(ResourceTag tag, DateTimeOffset time) =>
        _isAfter ? _dates.IsAfter(DateOf(tag), time) : _dates.IsBefore(DateOf(tag), time);

    private string? DateOf(ResourceTag tag) => tag.Attributes.GetValueOrDefault(_attribute);

    // The question alone, or as what the result is set to, or under an "if" that sets it.
    private static (string Attribute, bool IsAfter)? CallIn(string script)
    {
        if (ScriptToken.Cut(script) is not { Count: > 0 } tokens)
        {
            return null;
        }

        if (tokens[^1] is { Kind: ScriptTokenKind.Symbol, Text: ";" })
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        foreach (var (call, isAfter) in new[] { (After, true), (Before, false) })
        {
            foreach (string[] form in (string[][])[call, [.. Setting, .. call], [.. If, .. call, .. Then]])
            {
                if (Fits(tokens, form))
                {
                    return (tokens.Find(token => token.Kind == ScriptTokenKind.Text).Text, isAfter);
                }
            }
        }

        return null;
    }

    private static bool Fits(List<ScriptToken> tokens, string[] form) =>
        tokens.Count == form.Length && tokens.Zip(form).All(pair => pair.Second.Length == 0
            ? pair.First.Kind == ScriptTokenKind.Text
            : pair.First.Kind != ScriptTokenKind.Text && pair.First.Text == pair.Second);
}
