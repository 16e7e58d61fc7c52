using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Host.Auth.SignIn.OpenId;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

/// <summary>A sign-in with the authority that does not succeed ends on the sign-in page, with a message, and signs in no one.</summary>
public sealed class OpenIdRefusalTests : OpenIdTest
{
    [Theory]
    [InlineData("none")]
    [InlineData("empty")]
    [InlineData("nonsense")]
    [InlineData("twice")]
    [InlineData("changed")]
    [InlineData("of another secret")]
    public async Task A_state_that_the_service_did_not_make_is_refused(string kind)
    {
        var browser = new Browser(Host);
        var back = await AgreeAsync(browser);
        var state = System.Web.HttpUtility.ParseQueryString(back.Split('?')[1])["state"]!;
        var code = System.Web.HttpUtility.ParseQueryString(back.Split('?')[1])["code"]!;
        var opened = SignInState.Open(state, IdentityProvider.FirstSecret)!;
        var forged = kind switch
        {
            "none" => "",
            "empty" => "&state=",
            "nonsense" => "&state=%00%F0%9F%98%80",
            "twice" => $"&state={state}&state={state}",
            "changed" => $"&state={state[..20]}{(state[20] == 'A' ? 'B' : 'A')}{state[21..]}",
            _ => $"&state={opened.Seal("another-secret-of-a-client")}",
        };

        using var answer = await browser.GetAsync($"/signin/callback?code={code}{forged}");

        Assert.Contains("does not belong to a sign-in of this service", await RefusedAsync(browser, answer, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_state_of_another_browser_is_refused(bool hasBegunToo)
    {
        var back = await AgreeAsync(new Browser(Host));
        var victim = new Browser(Host);
        _ = hasBegunToo ? await BeginAsync(victim) : null;

        using var answer = await victim.GetAsync(back);

        Assert.Contains("began in another browser", await RefusedAsync(victim, answer, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        var browser = new Browser(Host);
        var back = await AgreeAsync(browser);
        using var signedIn = await browser.GetAsync(back);
        browser.Cookies.Remove("policysync-token");

        using var again = await browser.GetAsync(back);

        Assert.Equal("/ui", LeadsOnTo(signedIn));
        Assert.Contains("was used before", await RefusedAsync(browser, again, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_refused_by_its_verifier()
    {
        var (browser, attacker) = (new Browser(Host), new Browser(Host));
        var mine = System.Web.HttpUtility.ParseQueryString((await AgreeAsync(browser)).Split('?')[1])["state"]!;
        var stolen = System.Web.HttpUtility.ParseQueryString((await AgreeAsync(attacker)).Split('?')[1])["code"]!;

        using var answer = await browser.GetAsync($"/signin/callback?code={stolen}&state={mine}");

        await RefusedAsync(browser, answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_sign_in_of_over_ten_minutes_is_too_old()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: time, settings: Provider.Settings);
        var browser = new Browser(host);
        var back = await AgreeAsync(browser);
        time.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        using var answer = await browser.GetAsync(back);

        Assert.Contains("longer than 10 minutes", await RefusedAsync(browser, answer, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access_denied", HttpStatusCode.Forbidden, "did not let you sign in ( access_denied )")]
    [InlineData("login_required", HttpStatusCode.Unauthorized, "has a question first")]
    [InlineData("invalid_scope", HttpStatusCode.BadRequest, "refused the sign-in ( invalid_scope )")]
    [InlineData("temporarily_unavailable", HttpStatusCode.ServiceUnavailable, "does not answer")]
    [InlineData("<script>alert(1)</script>", HttpStatusCode.BadRequest, "refused the sign-in ( an unknown error )")]
    public async Task A_refusal_of_the_authority_is_explained(string error, HttpStatusCode status, string words)
    {
        Provider.Error = error;
        var browser = new Browser(Host);

        using var answer = await SignInAsync(browser, "/ui/drift");

        Assert.Contains(words, await RefusedAsync(browser, answer, status), StringComparison.Ordinal);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("/signin/start?target=%2Fui%2Fdrift", page, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)", page, StringComparison.Ordinal);
    }

    /// <summary>Which token is wrong in what, and words of the reason.</summary>
    [Theory]
    [InlineData("id", "issuer", "the token is of another issuer")]
    [InlineData("id", "audience", "the token is for another audience")]
    [InlineData("id", "key", "the signature of the token is not valid")]
    [InlineData("id", "expired", "the token has expired")]
    [InlineData("id", "nonce", "its nonce is of another sign-in")]
    [InlineData("id", "no nonce", "its nonce is of another sign-in")]
    [InlineData("id", "client", "it is for another client")]
    [InlineData("id", "hash", "it belongs to another access token")]
    [InlineData("access", "issuer", "the token is of another issuer")]
    [InlineData("access", "audience", "the token is for another audience")]
    [InlineData("access", "key", "the signature of the token is not valid")]
    [InlineData("access", "expired", "the token has expired")]
    [InlineData("access", "securables", "is not a list of patterns")]
    public async Task A_token_that_is_not_of_this_authority_sign_in_and_service_signs_no_one_in(string token, string wrong, string words)
    {
        using var stranger = Signer.Rsa();
        Action<JsonObject> change = claims => _ = wrong switch
        {
            "issuer" => claims["iss"] = "https://login.example",
            "audience" => claims["aud"] = "instance2",
            "expired" => claims["exp"] = 1,
            "nonce" => claims["nonce"] = "another",
            "no nonce" => claims.Remove("nonce"),
            "client" => claims["azp"] = "another",
            "hash" => claims["at_hash"] = "another",
            "securables" => claims["policysync.securables"] = 1,
            _ => null,
        };
        (Provider.Id, Provider.Access) = token == "id" ? (change, (Action<JsonObject>?)null) : (null, change);
        (Provider.IdSigner, Provider.AccessSigner) = wrong != "key" ? (null, null) : token == "id" ? (stranger, (Signer?)null) : (null, stranger);
        var browser = new Browser(Host);

        using var answer = await SignInAsync(browser);

        Assert.Contains(words, await RefusedAsync(browser, answer, HttpStatusCode.Unauthorized), StringComparison.Ordinal);
    }

    public static TheoryData<string, HttpStatusCode, string> Answers() => new()
    {
        { "opaque", HttpStatusCode.Unauthorized, "is not a JSON Web Token" },
        { "long", HttpStatusCode.BadRequest, "up to 3800 characters" },
        { "no access token", HttpStatusCode.BadRequest, "no access token that can be read" },
        { "no ID token", HttpStatusCode.BadRequest, "no ID token that can be read" },
        { "number", HttpStatusCode.BadRequest, "no access token that can be read" },
        { "no JSON", HttpStatusCode.BadRequest, "no JSON that can be read" },
        { "list", HttpStatusCode.BadRequest, "no ID token that can be read" },
        { "elsewhere", HttpStatusCode.BadRequest, "no JSON that can be read" },
        { "broken", HttpStatusCode.ServiceUnavailable, "does not answer" },
        { "busy", HttpStatusCode.ServiceUnavailable, "does not answer" },
        { "secret", HttpStatusCode.BadRequest, "does not accept this service as a client" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_without_a_token_that_a_browser_can_keep_signs_no_one_in(string kind, HttpStatusCode status, string words)
    {
        Provider.Id = static claims => claims.Remove("at_hash");
        Provider.Answer = kind switch
        {
            "opaque" => static answer => answer["access_token"] = "gAAAAABm-opaque",
            "no access token" => static answer => answer.Remove("access_token"),
            "no ID token" => static answer => answer.Remove("id_token"),
            "number" => static answer => answer["access_token"] = 7,
            _ => null,
        };
        Provider.Access = kind == "long" ? static claims => claims["more"] = new string('x', 3_000) : null;
        Provider.Secret = kind == "secret" ? "another-secret-of-the-client" : Provider.Secret;
        Provider.Instead = kind switch
        {
            "no JSON" => static () => Results.Text("<html>"),
            "list" => static () => Results.Json(new JsonArray()),
            "elsewhere" => () => Results.Redirect($"{Provider.Issuer}/keys", permanent: false, preserveMethod: true),
            "broken" => static () => Results.StatusCode(500),
            "busy" => static () => Results.StatusCode(429),
            _ => null,
        };
        var browser = new Browser(Host);

        using var answer = await SignInAsync(browser);

        Assert.Contains(words, await RefusedAsync(browser, answer, status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_503_with_a_remedy_at_the_beginning_and_at_the_end()
    {
        await using var down = await TestHost.StartAsync(settings:
            [.. Provider.Settings.Where(setting => !setting.Key.EndsWith("Authority", StringComparison.Ordinal)), ("PolicySync:Auth:Authority", "http://127.0.0.1:9")]);
        var (first, second) = (new Browser(down), new Browser(Host));
        var back = await AgreeAsync(second);
        await Provider.DisposeAsync();

        using var start = await first.GetAsync("/signin/start");
        using var end = await second.GetAsync(back);

        Assert.Contains("Please try again in a moment", await RefusedAsync(first, start, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Contains("Please try again in a moment", await RefusedAsync(second, end, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/ui")]
    [InlineData("/\\evil.example")]
    [InlineData("/ui\r\nSet-Cookie: a=b")]
    [InlineData("/signin/start")]
    [InlineData("/policysync/api/v1/tasks")]
    [InlineData("")]
    public async Task A_sign_in_leads_to_a_page_of_this_service_only(string target)
    {
        using var answer = await SignInAsync(new Browser(Host), target);

        Assert.Equal("/ui", LeadsOnTo(answer));
        Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_too_long_for_an_address_leads_to_the_overview()
    {
        using var answer = await SignInAsync(new Browser(Host), $"/ui/tasks?page={new string('x', 600)}");

        Assert.Equal("/ui", LeadsOnTo(answer));
    }

    [Fact]
    public async Task Whoever_comes_back_again_and_again_is_refused_for_a_while()
    {
        for (var i = 0; i < 100; i++)
        {
            using var answer = await Host.Anonymous.GetAsync("/signin/callback?code=a&state=b");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Single(Host.Log.All, line => line.Contains("Could not finish 1 sign-ins with the authority since the last line of this kind: state", StringComparison.Ordinal));
                return;
            }
        }

        Assert.Fail("100 tries were served");
    }

    [Fact]
    public async Task No_secret_is_ever_logged()
    {
        await using var host = await TestHost.StartAsync(level: LogLevel.Trace, settings: Provider.Settings);
        var browser = new Browser(host) { Accept = "text/html" };
        using var signedIn = await SignInAsync(browser);
        using var page = await browser.GetAsync("/ui");
        Provider.Access = static claims => claims["aud"] = "instance2";
        using var refused = await SignInAsync(new Browser(host));
        Provider.Secret = "another-secret-of-the-client";
        using var unknown = await SignInAsync(new Browser(host));

        Assert.Contains(host.Log.All, line => line.Contains("Signed in alice", StringComparison.Ordinal));
        Assert.Contains(host.Log.All, line => line.Contains("sign-ins with the authority since the last line of this kind: client", StringComparison.Ordinal));
        Assert.True(Provider.Secrets.Count > 6);
        foreach (var line in host.Log.All)
        {
            Assert.All(Provider.Secrets, secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        }
    }
}
