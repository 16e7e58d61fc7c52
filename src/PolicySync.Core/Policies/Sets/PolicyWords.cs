using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Parts of policies in words, for people.</summary>
public static class PolicyWords
{
    private const int MaxText = 500;

    /// <summary>A set of resources: <c>catalog=main; schema=sales; table=!orders_*</c>, where <c>!</c> means all but these.</summary>
    public static string Of(Dictionary<string, RangerPolicyResource> resources) => Cut(string.Join("; ", resources.Select(level =>
        $"{level.Key}={(level.Value.IsExcludes ? "!" : "")}{string.Join(", ", level.Value.Values)}{(level.Value.IsRecursive ? " (recursive)" : "")}")));

    /// <summary>The text, its end replaced by <c>…</c> when it is over 500 characters.</summary>
    internal static string Cut(string text) => text.Length <= MaxText ? text : $"{text[..(MaxText - 1)]}…";
}
