using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

/// <summary>What a refused caller learns (RFC 6750).</summary>
public sealed class ChallengeTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("expired", "the token has expired")]
    [InlineData("without end", "the token has expired")]
    [InlineData("not yet valid", "the token is not valid yet")]
    [InlineData("other audience", "the token is for another audience")]
    [InlineData("other issuer", "the token is of another issuer")]
    [InlineData("other key", "the signature of the token is not valid")]
    [InlineData("critical", "the token has a critical extension that is not supported")]
    [InlineData("no token", "the token is not a JSON Web Token")]
    public async Task A_refused_token_is_401_with_invalid_token_and_the_reason(string what, string reason)
    {
        var (header, problem) = await AskAsync(Token(what));

        Assert.Equal($"Bearer error=\"invalid_token\", error_description=\"{reason}\"", header);
        Assert.Equal(("UNAUTHENTICATED", $"{reason}; send a valid one"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("other audience")]
    [InlineData("other issuer")]
    [InlineData("not yet valid")]
    public async Task Whoever_cannot_sign_learns_nothing_but_that(string what)
    {
        using var stranger = Signer.P256();

        var (header, _) = await AskAsync(Token(what, stranger));

        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"the signature of the token is not valid\"", header);
    }

    [Fact]
    public async Task Without_a_token_no_error_is_named()
    {
        using var answer = await _host.Anonymous.GetAsync($"{Send.Tasks}/1");

        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("GET", Send.Tasks, "policysync.read")]
    [InlineData("POST", Send.Task, "policysync.tasks")]
    [InlineData("POST", $"{Send.Tasks}/1:cancel", "policysync.tasks")]
    [InlineData("GET", "/metrics", "policysync.ops")]
    public async Task A_token_without_the_scope_is_403_and_the_scope_is_named(string method, string address, string scope)
    {
        using var client = _host.ClientWith(_host.Signer.Token(claims => claims["scope"] = "openid"));

        using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));

        var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal($"Bearer error=\"insufficient_scope\", error_description=\"the token lacks the scope\", scope=\"{scope}\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal(("INSUFFICIENT_SCOPE", $"the token lacks the scope `{scope}`; use one that has it"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
    }

    private string Token(string what, Signer? signer = null)
    {
        var by = signer ?? _host.Signer;
        return what switch
        {
            "expired" => by.Token(claims => claims["exp"] = InHours(-1)),
            "without end" => by.Token(claims => claims.Remove("exp")),
            "not yet valid" => by.Token(claims => (claims["nbf"], claims["exp"]) = (InHours(2), InHours(3))),
            "other audience" => by.Token(claims => claims["aud"] = "instance2"),
            "other issuer" => by.Token(claims => claims["iss"] = "someone"),
            "critical" => by.Sign(new JsonObject { ["alg"] = "ES256", ["crit"] = new JsonArray("x"), ["x"] = 1 }, Signer.Claims()),
            "no token" => "a.b.c",
            _ => Stranger(),
        };
    }

    private static string Stranger()
    {
        using var stranger = Signer.P256();
        return stranger.Token();
    }

    private async Task<(string Header, JsonElement Problem)> AskAsync(string token)
    {
        using var client = _host.ClientWith(token);
        using var answer = await client.GetAsync($"{Send.Tasks}/1");
        return (answer.Headers.WwwAuthenticate.ToString(), await answer.ProblemAsync(HttpStatusCode.Unauthorized));
    }

    private static long InHours(int hours) => DateTimeOffset.UtcNow.AddHours(hours).ToUnixTimeSeconds();
}
