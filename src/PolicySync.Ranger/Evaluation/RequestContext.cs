namespace PolicySync.Ranger;

/// <summary>What a request gives for tokens, expressions and scripts.</summary>
internal static class RequestContext
{
    private const string TokenPrefix = "token:";
    private const string NameAttribute = "_name";

    public static MatchContext MatchContextOf(AccessRequest request, IReadOnlyDictionary<string, string> userAttributes) => new(
        TokensOf(request),
        // A script that fails gives nothing, in Ranger too.
        expression => RequestExpression.AttributeOf(expression) is { } name ? userAttributes.GetValueOrDefault(name) ?? "" : "");

    public static Dictionary<string, string> AttributesOf(string? user, RangerUserStore? userStore)
    {
        var attributes = new Dictionary<string, string>(
            userStore?.UserAttrMapping.GetValueOrDefault(user ?? "") ?? [], StringComparer.Ordinal);
        attributes[NameAttribute] = user ?? "";
        return attributes;
    }

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
