using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace PolicySync.Host.Tests.Support;

/// <summary>
/// A small OpenID Connect authority: discovery, keys, a code for whoever asks, and tokens for a code. It checks what strict authorities check,
/// and gives what a test wants.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "policysync-ui";
    public const string FirstSecret = "first-secret-of-the-client+/=&%";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private readonly Signer _signer = Signer.Rsa();
    private readonly HttpClient _person = new(new HttpClientHandler { AllowAutoRedirect = false });

    private IdentityProvider(WebApplication app) => _app = app;

    public string Issuer => _app.Urls.Single();

    /// <summary>The secret of the client.</summary>
    public string Secret { get; set; } = FirstSecret;

    /// <summary>The scope that people get; null for what is asked for.</summary>
    public string? Granted { get; set; }

    /// <summary>The error that people come back with instead of a code.</summary>
    public string? Error { get; set; }

    /// <summary>Whether clients send the secret in the form; otherwise in the header.</summary>
    public bool TakesSecretInForm { get; set; } = true;

    /// <summary>Changes the claims of access tokens.</summary>
    public Action<JsonObject>? Access { get; set; }

    /// <summary>Changes the claims of ID tokens.</summary>
    public Action<JsonObject>? Id { get; set; }

    public Signer? AccessSigner { get; set; }

    public Signer? IdSigner { get; set; }

    /// <summary>Changes the answer with the tokens.</summary>
    public Action<JsonObject>? Answer { get; set; }

    /// <summary>Answers the exchange of a code instead.</summary>
    public Func<IResult>? Instead { get; set; }

    /// <summary>Everything that only this authority and the service may know.</summary>
    public ConcurrentBag<string> Secrets { get; } = [FirstSecret];

    /// <summary>Settings of a service that is a client of this authority.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("PolicySync:Auth:PublicKeyFile", ""), ("PolicySync:Auth:Authority", Issuer),
        ("PolicySync:Auth:ClientId", ClientId), ("PolicySync:Auth:ClientSecret", FirstSecret),
    ];

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new IdentityProvider(app);
        app.MapGet("/.well-known/openid-configuration", provider.Describe);
        app.MapGet("/keys", () => Results.Json(new Dictionary<string, object> { ["keys"] = new[] { provider._signer.Jwk() } }));
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.Redeem);
        await app.StartAsync();
        return provider;
    }

    /// <summary>Opens the address that the service sent a browser to, as a person who agrees to everything. Returns where that leads.</summary>
    public async Task<Uri> AgreeAsync(Uri address)
    {
        using var answer = await _person.GetAsync(address);
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!;
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _app.DisposeAsync();
        _signer.Dispose();
    }

    private IResult Describe() => Results.Json(new JsonObject
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = $"{Issuer}/authorize?tenant=a",
        ["token_endpoint"] = $"{Issuer}/token",
        ["jwks_uri"] = $"{Issuer}/keys",
        ["end_session_endpoint"] = $"{Issuer}/logout",
        ["token_endpoint_auth_methods_supported"] = TakesSecretInForm ? new JsonArray("private_key_jwt", "client_secret_post") : null,
    });

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var redirect = query.GetValueOrDefault("redirect_uri", "");
        if (query.GetValueOrDefault("client_id") != ClientId || !redirect.EndsWith("/signin/callback", StringComparison.Ordinal)
            || query.GetValueOrDefault("response_type") != "code" || query.GetValueOrDefault("code_challenge_method") != "S256"
            || query.GetValueOrDefault("tenant") != "a" || !query.GetValueOrDefault("scope", "").Split(' ').Contains("openid"))
        {
            return Results.BadRequest($"This is not a request that can be answered: {request.QueryString}");
        }

        var code = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16));
        _codes[code] = new Grant(redirect, query["code_challenge"], query["nonce"], query["scope"]);
        return Results.Redirect(QueryHelpers.AddQueryString(redirect, new Dictionary<string, string?>
        {
            ["state"] = query["state"],
            [Error is null ? "code" : "error"] = Error ?? code,
        }));
    }

    private async Task<IResult> Redeem(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (Instead is not null)
        {
            return Instead();
        }

        var basic = $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(ClientId)}:{Uri.EscapeDataString(Secret)}"))}";
        var isClient = TakesSecretInForm
            ? request.Headers.Authorization.Count == 0 && form["client_id"] == ClientId && form["client_secret"] == Secret
            : request.Headers.Authorization == basic && !form.ContainsKey("client_secret");
        if (!isClient)
        {
            return Refuse("invalid_client", StatusCodes.Status401Unauthorized);
        }

        var verifier = form["code_verifier"].ToString();
        Secrets.Add(verifier);
        if (form["grant_type"] != "authorization_code" || !_codes.TryRemove(form["code"].ToString(), out var grant) || grant.RedirectUri != form["redirect_uri"]
            || verifier.Length < 43 || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != grant.Challenge)
        {
            return Refuse("invalid_grant", StatusCodes.Status400BadRequest);
        }

        var answer = Tokens(grant);
        Answer?.Invoke(answer);
        return Results.Json(answer);
    }

    private JsonObject Tokens(Grant grant)
    {
        var access = Claims("instance1");
        access["scope"] = Granted ?? grant.Scope;
        Access?.Invoke(access);
        var accessToken = Sign(AccessSigner, access);
        var id = Claims(ClientId);
        (id["nonce"], id["at_hash"]) = (grant.Nonce, Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))[..16]));
        Id?.Invoke(id);
        var idToken = Sign(IdSigner, id);
        Secrets.Add(accessToken.Split('.')[2]);
        Secrets.Add(idToken.Split('.')[2]);
        return new() { ["token_type"] = "Bearer", ["expires_in"] = 3_600, ["access_token"] = accessToken, ["id_token"] = idToken, ["refresh_token"] = "not-to-be-kept" };
    }

    private string Sign(Signer? other, JsonObject claims) =>
        (other ?? _signer).Sign(new JsonObject { ["alg"] = (other ?? _signer).Algorithm, ["typ"] = "JWT" }, claims);

    private JsonObject Claims(string audience)
    {
        var claims = Signer.Claims();
        (claims["iss"], claims["aud"], claims["sub"]) = (Issuer, audience, "alice");
        return claims;
    }

    private static IResult Refuse(string error, int status) =>
        Results.Json(new JsonObject { ["error"] = error, ["error_description"] = "nothing that people should read" }, statusCode: status);

    private sealed record Grant(string RedirectUri, string Challenge, string Nonce, string Scope);
}
