using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>A bearer token. Only <see cref="Reveal"/> returns its text; <see cref="ToString"/> does not.</summary>
internal sealed class AccessToken
{
    private readonly string _text;

    private AccessToken(string text) => _text = text;

    /// <summary>Wraps <paramref name="text"/>, without the white space that ends most files.</summary>
    /// <param name="text">The token.</param>
    /// <param name="origin">Where it comes from, for the message.</param>
    /// <exception cref="SyncException">The token is empty or not valid in a header.</exception>
    public static AccessToken From(string text, string origin)
    {
        var token = text.Trim();
        var fault = token.Length == 0 ? "is empty"
            : token.Any(c => c is < '!' or > '~') ? "contains a character that a token cannot have"
            : null;
        return fault is null ? new AccessToken(token) : throw new SyncException(SyncErrorCode.CredentialsRefused, $"{origin} {fault}");
    }

    /// <summary>The text itself, for the header.</summary>
    public string Reveal() => _text;

    /// <summary>True when both have the same text.</summary>
    public bool Is(AccessToken other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    public override string ToString() => "***";
}
