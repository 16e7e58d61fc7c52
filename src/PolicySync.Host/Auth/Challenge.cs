using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Auth;

/// <summary>
/// Says by <c>WWW-Authenticate</c> why a token is refused (RFC 6750 section 3.1). The library verifies the signature before
/// anything else of the token, so a caller that cannot sign learns only that the signature is wrong. The header does not say which keys
/// or algorithms the service accepts.
/// </summary>
internal static class Challenge
{
    private static readonly object Key = new();

    /// <summary>The description for a kind of <see cref="RefusedTokens.Reasons"/>.</summary>
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        [RefusedTokens.Expired] = "the token has expired",
        [RefusedTokens.NotYetValid] = "the token is not valid yet",
        [RefusedTokens.Audience] = "the token is for another audience",
        [RefusedTokens.Issuer] = "the token is of another issuer",
        [RefusedTokens.Signature] = "the signature of the token is not valid",
        [RefusedTokens.Critical] = "the token has a critical extension that is not supported",
        [RefusedTokens.Securables] = $"the claim {SecurableClaim.Name} is not a list of patterns",
        [RefusedTokens.Malformed] = "the token is not a JSON Web Token",
        [RefusedTokens.Other] = "the token is not valid",
    };

    /// <summary>Remembers why the token of this request is refused.</summary>
    public static void Refuse(HttpContext http, string reason) => http.Items[Key] = Describe(reason);

    /// <summary>The words for a kind of <see cref="RefusedTokens.Reasons"/>.</summary>
    public static string Describe(string reason) => Descriptions[reason];

    /// <summary>The value of the header: with the reason where a token was sent, without one where none was.</summary>
    public static string For(HttpContext http) =>
        ReasonOf(http) is { } reason ? $"Bearer error=\"invalid_token\", error_description=\"{reason}\"" : "Bearer";

    /// <summary>The value of the header for a valid token without <paramref name="scope"/>.</summary>
    public static string ForScope(string scope) =>
        $"Bearer error=\"insufficient_scope\", error_description=\"the token lacks the scope\", scope=\"{scope}\"";

    /// <summary>The problem that a request without a valid token gets.</summary>
    public static Problem ProblemFor(HttpContext http) =>
        Problem.Of(ProblemKind.Unauthenticated, ReasonOf(http) is { } reason ? $"{reason}; send a valid one" : null);

    /// <summary>Why the token of this request is refused; null when none was.</summary>
    public static string? ReasonOf(HttpContext http) => http.Items.TryGetValue(Key, out var reason) ? (string?)reason : null;
}
