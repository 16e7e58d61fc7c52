using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>What a request gives for tokens, expressions and scripts.</summary>
internal static class RequestContext
{
    private const string TokenPrefix = "token:";
    private const string NameAttribute = "_name";

    public static MatchContext MatchContextOf(AccessRequest request, Subject subject, RequestFacts facts) =>
        new(TokensOf(request), new ScriptScope(subject, facts, tag: null));

    public static RequestFacts FactsOf(AccessRequest request, RangerUserStore? userStore, TagDates dates) => new()
    {
        Context = request.Context,
        AccessTime = request.AccessTime,
        Dates = dates,
        ClientAddress = request.ClientAddress,
        RequestedResources = request.RequestedResources,
        UserAttributes = Attributes(request.User ?? "", userStore?.UserAttrMapping),
        GroupAttributes = request.UserGroups
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(group => group, group => Attributes(group, userStore?.GroupAttrMapping), StringComparer.Ordinal),
    };

    private static Dictionary<string, string> Attributes(string name, Dictionary<string, Dictionary<string, string>>? mapping) =>
        new(mapping?.GetValueOrDefault(name) ?? [], StringComparer.Ordinal) { [NameAttribute] = name };

    private static Dictionary<string, string> TokensOf(AccessRequest request)
    {
        var tokens = request.Context
            .Where(c => c.Key.StartsWith(TokenPrefix, StringComparison.Ordinal))
            .ToDictionary(c => c.Key[TokenPrefix.Length..], c => c.Value, StringComparer.Ordinal);
        if (request.User is not null)
        {
            tokens["USER"] = request.User;
        }

        if (request.Resource.OwnerUser is not null)
        {
            tokens["OWNER"] = request.Resource.OwnerUser;
        }

        return tokens;
    }
}
