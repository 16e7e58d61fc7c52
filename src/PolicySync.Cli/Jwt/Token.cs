using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Cli.Jwt;

/// <summary>A token taken apart. Nothing here says that it is genuine; <see cref="SigningKey.Verifies"/> does.</summary>
internal sealed record Token(JsonObject Header, JsonObject Claims, byte[] Signed, byte[] Signature)
{
    private const string NotAToken = "the text is not a token: a token is three parts of base64url with dots between";

    public static Token Parse(string text)
    {
        var parts = text.Split('.');
        try
        {
            if (parts.Length == 3 && Part(parts[0]) is { } header && Part(parts[1]) is { } claims)
            {
                return new(header, claims, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            // What the parts hold is not shown: it may be another secret.
        }

        throw new CliException(NotAToken, "check that the file has a token and nothing else", ExitCode.NotAllowed);
    }

    public string? Text(string claim) => Claims[claim] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public DateTimeOffset? Time(string claim) =>
        Claims[claim] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>The scopes; null when the token does not have the claim, so that it opens the whole API.</summary>
    public IReadOnlyList<string>? Scopes => Claims.ContainsKey("scope") ? Texts("scope") ?? [] : null;

    /// <summary>The patterns of securables; null when the token is not limited.</summary>
    public IReadOnlyList<string>? Securables => Claims.ContainsKey(TokenCheck.SecurablesClaim) ? Texts(TokenCheck.SecurablesClaim) ?? [] : null;

    /// <summary>A claim that is a list of texts or one text with spaces; null in any other form.</summary>
    public IReadOnlyList<string>? Texts(string claim) => Claims[claim] switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. items.Select(item => item!.GetValue<string>())],
        _ => null,
    };

    private static JsonObject? Part(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;

    // A record prints its members; the signature must never be printed.
    public override string ToString() => "token";
}
