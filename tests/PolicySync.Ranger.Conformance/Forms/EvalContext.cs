using System.Text.Json.Nodes;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Conformance;

/// <summary>The <c>evalContext</c> of matcher tests: members <c>token:NAME</c>.</summary>
internal static class EvalContext
{
    private const string TokenPrefix = "token:";

    public static MatchContext Read(JsonNode? node) => new(
        node.Members()
            .Where(m => m.Key.StartsWith(TokenPrefix, StringComparison.Ordinal) && m.Value is not null)
            .ToDictionary(m => m.Key[TokenPrefix.Length..], m => m.Value.Text()!),
        scope: null);
}
