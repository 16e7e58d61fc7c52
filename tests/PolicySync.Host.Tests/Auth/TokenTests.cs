using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

public sealed class TokenTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public static TheoryData<string> Addresses =>
        ["/policysync/api/v1/tasks", "/policysync/api/v1/tasks/1", "/policysync/api/v1/tasks/1/resources", "/policysync/api/v1/nothing", "/policysync", "/elsewhere", "/metrics", "/openapi/v1.json", "/scalar"];

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Without_a_token_every_address_is_401_known_or_not(string path)
    {
        using var answer = await _host.Anonymous.GetAsync(path);

        await RefusedAsync(answer);
    }

    [Fact]
    public async Task Without_a_token_a_bad_body_or_media_type_or_method_is_401_too()
    {
        using var body = await _host.Anonymous.PostAsync("{");
        using var type = await _host.Anonymous.PostAsync([1], "text/plain");
        using var size = await _host.Anonymous.PostAsync(new byte[2 << 20]);
        using var method = await _host.Anonymous.DeleteAsync(Send.Task);

        await RefusedAsync(body);
        await RefusedAsync(type);
        await RefusedAsync(size);
        await RefusedAsync(method);
    }

    [Fact]
    public async Task A_good_token_is_taken_also_with_several_audiences()
    {
        await TakenAsync(_host.Signer.Token());
        await TakenAsync(_host.Signer.Token(claims => claims["aud"] = new JsonArray("other", "instance1")));
        await TakenAsync(_host.Signer.Token(claims => claims["nbf"] = Seconds(-60)));
        await TakenAsync(_host.Signer.Token(claims => claims["exp"] = Seconds(-30))); // within the skew of clocks
    }

    [Fact]
    public async Task An_RS256_token_is_taken_when_its_key_is_in_the_file()
    {
        await using var host = await TestHost.StartAsync(Signer.Rsa());

        using var answer = await host.Client.GetAsync($"{Send.Tasks}/1");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("exp", "-3600")]
    [InlineData("exp", "-120")]
    [InlineData("nbf", "3600")]
    [InlineData("exp", null)]
    [InlineData("iss", null)]
    [InlineData("aud", null)]
    [InlineData("iss", "someone")]
    [InlineData("iss", "")]
    [InlineData("aud", "instance2")]
    [InlineData("aud", "")]
    public async Task A_token_with_a_wrong_or_missing_claim_is_401(string claim, string? value)
    {
        var token = _host.Signer.Token(claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = int.TryParse(value, out var offset) ? Seconds(offset) : value;
            }
        });

        await RefusedAsync(token);
    }

    [Theory]
    [InlineData("""{"exp":"soon"}""")]
    [InlineData("""{"exp":1e400}""")]
    [InlineData("""{"exp":99999999999999999999999}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{"exp":[]}""")]
    [InlineData("""{"aud":[]}""")]
    [InlineData("""{"aud":{}}""")]
    [InlineData("""{"aud":1}""")]
    [InlineData("""{"iss":["policysync"]}""")]
    [InlineData("""{"nbf":"x"}""")]
    public async Task A_token_with_claims_of_the_wrong_form_is_401(string change)
    {
        var token = _host.Signer.Token(claims =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            {
                claims[name] = value?.DeepClone();
            }
        });

        await RefusedAsync(token);
    }

    [Fact]
    public async Task A_forged_signature_is_401()
    {
        using var stranger = Signer.P256();
        var good = _host.Signer.Token();
        var parts = good.Split('.');

        await RefusedAsync(stranger.Token());
        await RefusedAsync($"{parts[0]}.{parts[1]}.");
        await RefusedAsync($"{parts[0]}.{parts[1]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(new byte[64])}"); // all zeros once passed for valid
        await RefusedAsync($"{parts[0]}.{Base64UrlEncoder.Encode(Signer.Claims().ToJsonString() + " ")}.{parts[2]}");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    public async Task An_unsigned_token_is_401(string algorithm)
    {
        var text = Signer.Text(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" }, Signer.Claims());

        await RefusedAsync(text + ".");
        await RefusedAsync($"{text}.{Base64UrlEncoder.Encode("x")}");
    }

    [Fact]
    public async Task An_HS256_token_signed_with_the_public_key_is_401()
    {
        await using var host = await TestHost.StartAsync(Signer.Rsa());
        foreach (var secret in new[] { host.Signer.PublicPem, host.Signer.PublicPem.Trim() })
        {
            var text = Signer.Text(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT" }, Signer.Claims());
            var signature = HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.ASCII.GetBytes(text));

            using var answer = await host.ClientWith($"{text}.{Base64UrlEncoder.Encode(signature)}").GetAsync($"{Send.Tasks}/1");

            await RefusedAsync(answer);
        }
    }

    [Theory]
    [InlineData("""{"alg":"ES256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"ES256","crit":["http://example.invalid/x"]}""")]
    [InlineData("""{"alg":"ES256","crit":[]}""")]
    [InlineData("""{"alg":"ES256","crit":null}""")]
    [InlineData("""{"alg":"ES384"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""[]""")]
    public async Task A_signed_token_with_a_header_that_is_not_understood_is_401(string header) =>
        await RefusedAsync(_host.Signer.Sign(JsonNode.Parse(header)!, Signer.Claims()));

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer x")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer ..")]
    [InlineData("Bearer e30.e30.e30")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9")]
    public async Task Anything_else_in_the_header_is_401(string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Send.Tasks}/1");
        request.Headers.TryAddWithoutValidation("Authorization", value);

        using var answer = await _host.Anonymous.SendAsync(request);

        await RefusedAsync(answer);
    }

    [Fact]
    public async Task A_token_in_the_query_is_no_token()
    {
        using var answer = await _host.Anonymous.GetAsync($"{Send.Tasks}/1?access_token={_host.Signer.Token()}");

        await RefusedAsync(answer);
    }

    private static long Seconds(int fromNow) => DateTimeOffset.UtcNow.AddSeconds(fromNow).ToUnixTimeSeconds();

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        await answer.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.StartsWith("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string token)
    {
        using var answer = await _host.ClientWith(token).GetAsync($"{Send.Tasks}/1");
        await RefusedAsync(answer);
        Assert.DoesNotContain(token, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task TakenAsync(string token)
    {
        using var answer = await _host.ClientWith(token).GetAsync($"{Send.Tasks}/1");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
