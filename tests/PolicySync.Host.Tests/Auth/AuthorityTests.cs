using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

public sealed class AuthorityTests
{
    [Fact]
    public async Task Keys_and_issuer_come_from_the_authoritys_discovery_document()
    {
        using var signer = Signer.Rsa();
        using var stranger = Signer.Rsa();
        await using var authority = await StartAuthorityAsync(signer);
        var issuer = authority.Urls.Single();
        await using var host = await TestHost.StartAsync(settings: [("PolicySync:Auth:PublicKeyFile", ""), ("PolicySync:Auth:Authority", issuer)]);

        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(host, signer.Token(claims => claims["iss"] = issuer)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, signer.Token()));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, stranger.Token(claims => claims["iss"] = issuer)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, signer.Token(claims => (claims["iss"], claims["aud"]) = (issuer, "other"))));
    }

    [Fact]
    public async Task A_key_of_the_authority_that_is_too_weak_is_not_used()
    {
        using var signer = Signer.Rsa(1_024);
        await using var authority = await StartAuthorityAsync(signer);
        var issuer = authority.Urls.Single();
        await using var host = await TestHost.StartAsync(settings: [("PolicySync:Auth:PublicKeyFile", ""), ("PolicySync:Auth:Authority", issuer)]);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, signer.Token(claims => claims["iss"] = issuer)));
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_503_and_not_a_fault_of_the_token()
    {
        await using var host = await TestHost.StartAsync(
            settings: [("PolicySync:Auth:PublicKeyFile", ""), ("PolicySync:Auth:Authority", "http://127.0.0.1:9")]);

        using var answer = await host.Client.GetAsync($"{Send.Tasks}/1");
        using var anonymous = await host.Anonymous.GetAsync($"{Send.Tasks}/1");

        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(answer.Headers.RetryAfter);
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpStatusCode> AskAsync(TestHost host, string token)
    {
        using var answer = await host.ClientWith(token).GetAsync($"{Send.Tasks}/1");
        return answer.StatusCode;
    }

    private static async Task<WebApplication> StartAuthorityAsync(Signer signer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", (HttpRequest request) =>
            Results.Json(new Dictionary<string, string> { ["issuer"] = $"http://{request.Host}", ["jwks_uri"] = $"http://{request.Host}/keys" }));
        app.MapGet("/keys", () => Results.Json(new Dictionary<string, object> { ["keys"] = new[] { signer.Jwk() } }));
        await app.StartAsync();
        return app;
    }
}
