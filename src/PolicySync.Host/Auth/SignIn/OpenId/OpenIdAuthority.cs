using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.Core.Errors;
using PolicySync.Host.Configuration;
using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;

namespace PolicySync.Host.Auth.SignIn.OpenId;

/// <summary>
/// The authority as the place where people sign in: its addresses, the exchange of a code for tokens, and the check of the ID token. Keys and
/// addresses come from the discovery document that bearer tokens are validated with.
/// </summary>
internal sealed class OpenIdAuthority(Settings settings, IOptionsMonitor<JwtBearerOptions> bearer, TimeProvider time) : IDisposable
{
    /// <summary>Longest wait for an answer of the authority.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15);

    private const int MaxAnswer = 1024 * 1024;
    private const string PostMethod = "client_secret_post";

    // Redirects are not followed: they would carry the client secret to another host.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = LongestAnswer,
        MaxResponseContentBufferSize = MaxAnswer,
    };

    private readonly JsonWebTokenHandler _idTokens = new() { MapInboundClaims = false };

    /// <summary>The name of the authority for people: its host.</summary>
    public string Name => Auth.Authority!.Authority;

    public string ClientId => Auth.ClientId!;

    public string Scopes => Auth.SignInScopes;

    private AuthOptions Auth => settings.Auth;

    private JwtBearerOptions Bearer => bearer.Get(JwtBearerDefaults.AuthenticationScheme);

    public void Dispose() => _http.Dispose();

    /// <summary>Whether the configuration has a client, so that people can sign in with the authority.</summary>
    public static bool IsUsed(AuthOptions auth) => auth is { Authority: not null, ClientId: not null };

    /// <summary>The discovery document, which is kept for hours.</summary>
    /// <exception cref="SignInFault">The authority does not answer.</exception>
    public async Task<OpenIdConnectConfiguration> DiscoverAsync(CancellationToken cancellation)
    {
        try
        {
            return await Bearer.ConfigurationManager!.GetConfigurationAsync(cancellation).WaitAsync(LongestAnswer, time, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw SignInFault.NoAnswer(Name, e);
        }
    }

    /// <summary>An address of the discovery document. Secrets travel to it, so plain HTTP is for loopback only.</summary>
    /// <exception cref="SignInFault">There is no such address, or it is not secure.</exception>
    public string AddressOf(string? address, string name) => IsSecure(address) ? address! : throw SignInFault.NoAddress(Name, name);

    /// <summary>Whether an address is absolute and protected on its way.</summary>
    public static bool IsSecure(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    /// <summary>The client secret. A file is read each time, so that a renewed secret needs no restart.</summary>
    /// <exception cref="SignInFault">The file cannot be read.</exception>
    public async ValueTask<string> SecretAsync(CancellationToken cancellation)
    {
        if (Auth.ClientSecretFile is not { } path)
        {
            return Auth.ClientSecret!.Trim();
        }

        try
        {
            return (await SecretFile.ReadAsync(path, $"the file of {AuthOptions.Section}:ClientSecretFile", cancellation)).Trim();
        }
        catch (SyncException e)
        {
            throw SignInFault.NoSecret(e);
        }
    }

    /// <summary>Exchanges the code of a sign-in for tokens, checks the ID token, and returns the access token.</summary>
    /// <exception cref="SignInFault">The authority refuses or does not answer, or its answer is not for this sign-in.</exception>
    public async Task<string> RedeemAsync(string code, SignInState state, string secret, CancellationToken cancellation)
    {
        var about = await DiscoverAsync(cancellation);
        using var request = Exchange(about, code, state, secret);
        var (idToken, accessToken) = await AskAsync(request, cancellation);
        if (await FaultOfAsync(idToken, accessToken, state, about) is { } reason)
        {
            throw SignInFault.WrongIdToken(Name, reason);
        }

        return _idTokens.CanReadToken(accessToken) ? accessToken : throw SignInFault.NotReadable(Name);
    }

    private HttpRequestMessage Exchange(OpenIdConnectConfiguration about, string code, SignInState state, string secret)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = state.RedirectUri,
            ["code_verifier"] = state.Verifier,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(about.TokenEndpoint, "token_endpoint"));
        if (about.TokenEndpointAuthMethodsSupported.Contains(PostMethod))
        {
            (fields["client_id"], fields["client_secret"]) = (ClientId, secret);
        }
        else
        {
            // What an authority accepts that lists nothing (OpenID Connect Discovery §3), in the form of RFC 6749 §2.3.1.
            var pair = $"{Uri.EscapeDataString(ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        request.Headers.Accept.ParseAdd("application/json");
        request.Content = new FormUrlEncodedContent(fields);
        return request;
    }

    /// <summary>Sends the exchange. The answer has tokens: neither it nor a parser's message is passed on.</summary>
    private async Task<(string IdToken, string AccessToken)> AskAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
            {
                throw SignInFault.NoAnswer(Name);
            }

            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return !response.IsSuccessStatusCode ? throw SignInFault.Refused(Name, Text(answer, "error"))
                : (Text(answer, "id_token") ?? throw SignInFault.NoTokens(Name, "ID token"),
                    Text(answer, "access_token") ?? throw SignInFault.NoTokens(Name, "access token"));
        }
        catch (JsonException)
        {
            throw SignInFault.NoTokens(Name, "JSON");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw SignInFault.NoAnswer(Name, e);
        }
    }

    /// <summary>
    /// Why the ID token is not the one of this sign-in; null when it is. It is signed by the authority, for this client, and has the nonce
    /// (OpenID Connect Core §3.1.3.7) and the hash of the access token (§3.1.3.8).
    /// </summary>
    private async Task<string?> FaultOfAsync(string idToken, string accessToken, SignInState state, OpenIdConnectConfiguration about)
    {
        var rules = Bearer.TokenValidationParameters.Clone();
        rules.ValidIssuer = about.Issuer; // `Auth:Issuer` is about access tokens
        rules.ValidAudience = ClientId;
        rules.ConfigurationManager = Bearer.ConfigurationManager as BaseConfigurationManager;
        var result = await _idTokens.ValidateTokenAsync(idToken, rules);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
        {
            return result.Exception is { } e && BearerSetup.IsInconclusive(e)
                ? throw SignInFault.NoAnswer(Name, e)
                : Challenge.Describe(result.Exception is null ? RefusedTokens.Other : RefusedTokens.ReasonOf(result.Exception));
        }

        return !IsSame(Text(token, "nonce"), state.Nonce) ? "its nonce is of another sign-in"
            : Text(token, "azp") is { } client && client != ClientId ? "it is for another client"
            : Text(token, "at_hash") is { } hash && !IsSame(hash, HalfHash(accessToken)) ? "it belongs to another access token"
            : null;
    }

    // All accepted algorithms hash with SHA-256.
    private static string HalfHash(string token)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(token));
        return Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
    }

    private static bool IsSame(string? text, string expected) =>
        text is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(expected));

    private static string? Text(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var text) ? text : null;

    private static string? Text(JsonDocument answer, string name) =>
        answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
