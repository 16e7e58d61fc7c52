using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Scripts;

/// <summary>What a script sees, and what it has set.</summary>
internal sealed class ScriptScope(Subject subject, RequestFacts facts, ResourceTag? tag)
{
    public Subject Subject { get; } = subject;

    public RequestFacts Facts { get; } = facts;

    /// <summary>The tag whose policy is asked; null for a resource policy.</summary>
    public ResourceTag? Tag { get; } = tag;

    /// <summary>Variables of the script, <c>ctx.result</c> under the name <c>result</c>.</summary>
    public Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>An attribute of the asked tag, or of the first tag of a type.</summary>
    public string? TagAttribute(string? type, string? name)
    {
        var found = type is null ? Tag : Facts.Tags.FirstOrDefault(t => t.Type == type);
        return name is null ? null : found?.Attributes.GetValueOrDefault(name);
    }
}
