using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>A bearer token. Does not show itself: only <see cref="Reveal"/> gives the text.</summary>
internal sealed class AccessToken
{
    private readonly string _text;

    private AccessToken(string text) => _text = text;

    /// <summary>Wraps <paramref name="text"/>, without the white space that ends most files.</summary>
    /// <param name="text">The token.</param>
    /// <param name="origin">Where it comes from, for the message.</param>
    /// <exception cref="SyncException">It is empty or cannot stand in a header.</exception>
    public static AccessToken From(string text, string origin)
    {
        var token = text.Trim();
        return token.Length == 0 ? throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} is empty")
            : token.Any(c => c is < '!' or > '~') ? throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} holds a character that no token has")
            : new AccessToken(token);
    }

    /// <summary>The text itself, for the header.</summary>
    public string Reveal() => _text;

    /// <summary>True when both have the same text.</summary>
    public bool Is(AccessToken other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    public override string ToString() => "***";
}
