using System.Text.Json.Nodes;

namespace PolicySync.Cli.Jwt;

/// <summary>What the service would refuse in a token, as far as the token itself shows it.</summary>
internal static class TokenCheck
{
    public const string DefaultIssuer = "policysync";
    public const string SecurablesClaim = "policysync.securables";
    public const int MaxPatterns = 1_000;

    public static readonly string[] KnownScopes = ["policysync.read", "policysync.tasks", "policysync.ops"];

    /// <summary>How much later or earlier the service's clock may be.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<string> Problems(Token token, string? issuer, string? audience, DateTimeOffset now) =>
    [
        .. Algorithm(token),
        .. Lifetime(token, now),
        .. Parties(token, issuer, audience),
        .. Rights(token),
    ];

    private static IEnumerable<string> Algorithm(Token token)
    {
        if (token.Header["alg"] is not JsonValue alg || alg.ToString() is not ("ES256" or "RS256"))
        {
            yield return $"the algorithm is {token.Header["alg"]?.ToJsonString() ?? "not named"}; the service accepts ES256 and RS256";
        }
    }

    private static IEnumerable<string> Lifetime(Token token, DateTimeOffset now)
    {
        if (token.Time("exp") is not { } end)
        {
            yield return "there is no expiry (`exp`); the service requires one";
        }
        else if (end + ClockSkew <= now)
        {
            yield return $"the token has expired, {Output.ProgressLine.Span(now - end)} ago; get a new one";
        }

        if (token.Time("nbf") is { } start && start - ClockSkew > now)
        {
            yield return $"the token is not valid yet, but in {Output.ProgressLine.Span(start - now)} (`nbf`); check the clock of its issuer";
        }
    }

    private static IEnumerable<string> Parties(Token token, string? issuer, string? audience)
    {
        if (token.Text("iss") is not { } given)
        {
            yield return "there is no issuer (`iss`); the service requires the one of `Auth:Issuer`";
        }
        else if (issuer is not null && given != issuer)
        {
            yield return $"the issuer is `{given}`, not `{issuer}`";
        }

        if (token.Texts("aud") is not { Count: > 0 } audiences)
        {
            yield return "there is no audience (`aud`); the service requires its `Auth:Audience`, by default the name of its instance";
        }
        else if (audience is not null && token.Text("aud") != audience && !audiences.Contains(audience))
        {
            yield return $"the audience is `{string.Join(' ', audiences)}`, not `{audience}`";
        }
    }

    private static IEnumerable<string> Rights(Token token)
    {
        if (token.Scopes is { } scopes && !scopes.Intersect(KnownScopes).Any())
        {
            yield return $"no scope opens anything; the service knows {string.Join(", ", KnownScopes)}";
        }

        if (token.Claims.ContainsKey(SecurablesClaim) && token.Texts(SecurablesClaim) is not { Count: <= MaxPatterns })
        {
            yield return $"`{SecurablesClaim}` is not a list of at most {MaxPatterns} texts; the service refuses the token";
        }
        else if (token.Securables?.FirstOrDefault(pattern => !IsPattern(pattern)) is { } wrong)
        {
            yield return $"`{wrong}` in `{SecurablesClaim}` is not a pattern of 1 to 3 segments; the service refuses the token";
        }
    }

    public static bool IsPattern(string text) => text.Split('.') is { Length: >= 1 and <= 3 } parts
        && parts.All(part => part.Length > 0) && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
