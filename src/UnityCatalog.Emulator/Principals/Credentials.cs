using UnityCatalog.Emulator.Http;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Personal access tokens, OAuth clients, and the access tokens handed out to them.</summary>
internal sealed class Credentials(TimeProvider time)
{
    private readonly Dictionary<string, Entry> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Principal Principal, string Secret)> _clients = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<TokenState> Tokens =>
        _tokens.Where(token => !token.Value.IsAccessToken)
            .Select(token => new TokenState(token.Key, token.Value.Principal.Name, token.Value.ExpiresAt));

    public IEnumerable<ClientState> Clients => _clients.Select(client => new ClientState(client.Key, client.Value.Secret));

    public void AddToken(string token, Principal principal, long? expiresAt) =>
        _tokens[token] = new Entry(principal, expiresAt, IsAccessToken: false);

    public bool RemoveToken(string token) => _tokens.Remove(token);

    public void AddClient(Principal principal, string secret) => _clients[principal.Name] = (principal, secret);

    /// <summary>Null when the client is unknown or the secret wrong.</summary>
    public Principal? FindClient(string clientId, string secret) =>
        _clients.TryGetValue(clientId, out var client) && client.Secret == secret && !client.Principal.Deleted
            ? client.Principal
            : null;

    public void AddAccessToken(string token, Principal principal, int lifetimeSeconds)
    {
        var now = Now;
        foreach (var (expired, _) in _tokens.Where(t => t.Value.IsAccessToken && t.Value.ExpiresAt <= now - 3_600_000).ToList())
        {
            _tokens.Remove(expired);
        }

        _tokens[token] = new Entry(principal, now + (lifetimeSeconds * 1000L), IsAccessToken: true);
    }

    /// <summary>The principal of an Authorization header, or a 401.</summary>
    public Principal Authenticate(string? authorization)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Unauthenticated("Credential was not sent or was of an unsupported type for this API.");
        }

        if (!_tokens.TryGetValue(authorization[scheme.Length..].Trim(), out var entry) || entry.Principal is { Deleted: true } or { Active: false })
        {
            throw Errors.Unauthenticated("Invalid access token.");
        }

        return entry.ExpiresAt <= Now
            ? throw Errors.Unauthenticated("Access token expired.")
            : entry.Principal;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Entry(Principal Principal, long? ExpiresAt, bool IsAccessToken);
}
