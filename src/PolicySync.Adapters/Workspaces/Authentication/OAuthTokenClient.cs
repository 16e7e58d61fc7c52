using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>A token and its lifetime.</summary>
internal sealed record IssuedToken(string Token, TimeSpan Life)
{
    public override string ToString() => $"token for {Life}";
}

/// <summary>
/// Asks <c>{Host}/oidc/v1/token</c> for a token. Source: databricks-sdk-go, config/auth_m2m.go.
/// </summary>
internal sealed class OAuthTokenClient(IHttpClientFactory clients, IOptions<WorkspaceOptions> options) : ITokenIssuer
{
    /// <summary>The lifetime when the answer states none; short, because an early renewal costs one call.</summary>
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(5);

    public async Task<IssuedToken> RequestAsync(CancellationToken cancellation)
    {
        var secret = await SecretAsync();
        using var client = clients.CreateClient(WorkspaceHttp.TokenClient);
        using var request = new HttpRequestMessage(HttpMethod.Post, "oidc/v1/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "all-apis")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Value.ClientId}:{secret}")));
        request.Headers.Accept.ParseAdd("application/json");

        try
        {
            using var response = await client.SendAsync(request, cancellation);
            return Read(request, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (SyncException e)
        {
            throw Refusal(e);
        }
    }

    // Read at each request: a rotated secret is used without a restart.
    private async ValueTask<string> SecretAsync()
    {
        var secret = options.Value switch
        {
            { ClientSecret: { Length: > 0 } text } => text,
            { ClientSecretFile: { Length: > 0 } path } =>
                await SecretFile.ReadAsync(path, "the file of PolicySync:Workspace:ClientSecretFile", CancellationToken.None),
            _ => "",
        };
        return secret.Trim() is { Length: > 0 } trimmed
            ? trimmed
            : throw new SyncException(SyncErrorCode.CredentialsRefused, "PolicySync:Workspace has a ClientId but no secret");
    }

    // Identity services answer 400 or 403 to a wrong id or secret (RFC 6749, 5.2) and 404 at a wrong host.
    private static SyncException Refusal(SyncException e) => new(
        e.Code is SyncErrorCode.Throttled or SyncErrorCode.Unavailable ? e.Code : SyncErrorCode.CredentialsRefused,
        $"no token: {e.Message}")
    {
        RetryAfter = e.RetryAfter,
        ServerCode = e.ServerCode,
    };

    private static IssuedToken Read(HttpRequestMessage request, string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var token = document.RootElement.GetProperty("access_token").GetString();
            return string.IsNullOrWhiteSpace(token)
                ? throw new JsonException("no access_token")
                : new IssuedToken(token, Life(document.RootElement));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The body may contain a token: neither it nor the parser's message is passed on.
            throw new SyncException(SyncErrorCode.Unavailable, $"{request.RequestUri?.AbsolutePath} answered without a readable token");
        }
    }

    // The cloud answers a number, Databricks' own test server a string.
    private static TimeSpan Life(JsonElement answer) =>
        answer.TryGetProperty("expires_in", out var life)
        && double.TryParse(life.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and < 31_536_000
            ? TimeSpan.FromSeconds(seconds)
            : UnknownLife;
}
