using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Host.Tests.Support;
using PolicySync.Host.Tests.Ui;

namespace PolicySync.Host.Tests.Auth;

/// <summary>People sign in with the authority.</summary>
public sealed class OpenIdSignInTests : OpenIdTest
{
    /// <summary>The scope that the authority gives, and what the page says about it.</summary>
    [Theory]
    [InlineData("openid policysync.read", "Signed in as alice reader")]
    [InlineData("policysync.tasks", "Signed in as alice operator")]
    [InlineData("policysync.tasks policysync.ops", "Signed in as alice operator, operations")]
    [InlineData("policysync.ops", "Signed in as alice operations")]
    [InlineData("profile", "Signed in as alice no rights here")]
    public async Task A_person_gets_the_rights_that_the_authority_gives(string scope, string words)
    {
        Provider.Granted = scope;
        var browser = new Browser(Host) { Accept = "text/html" };

        using var signedIn = await SignInAsync(browser, "/ui/suspensions");
        var page = Pages.Words(await browser.OpenAsync("/ui"));
        using var operations = await browser.GetAsync("/metrics");

        Assert.Equal("/ui/suspensions", LeadsOnTo(signedIn));
        Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Equal(scope.Contains("ops", StringComparison.Ordinal), operations.IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_authority_is_asked_for_a_code_with_PKCE_a_nonce_and_the_scopes_of_the_service()
    {
        var address = await BeginAsync(new Browser(Host));

        var query = QueryHelpers.ParseQuery(address.Query);
        Assert.Equal(new Uri(Provider.Issuer).Authority, address.Authority);
        Assert.Equal(
            ["client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state", "tenant"],
            query.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("openid policysync.read policysync.tasks policysync.ops", query["scope"]);
        Assert.Equal("http://localhost/signin/callback", query["redirect_uri"]);
        Assert.Equal((43, 43), (query["code_challenge"].ToString().Length, query["nonce"].ToString().Length));
    }

    [Fact]
    public async Task One_gateway_begins_a_sign_in_and_another_finishes_it()
    {
        await using var other = await TestHost.StartAsync(settings: Provider.Settings);
        var browser = new Browser(Host);
        var back = await AgreeAsync(browser, "/ui/tasks");
        browser.Host = other;

        using var signedIn = await browser.GetAsync(back);
        browser.Host = Host;
        using var page = await browser.GetAsync("/ui");

        Assert.Equal("/ui/tasks", LeadsOnTo(signedIn));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Two_windows_of_a_browser_sign_in_at_the_same_time()
    {
        var browser = new Browser(Host);
        var first = await AgreeAsync(browser, "/ui/tasks");
        var second = await AgreeAsync(browser, "/ui/drift");

        using var finished = await browser.GetAsync(first);
        using var alsoFinished = await browser.GetAsync(second);

        Assert.Equal(("/ui/tasks", "/ui/drift"), (LeadsOnTo(finished), LeadsOnTo(alsoFinished)));
    }

    [Theory]
    [InlineData("localhost", "", "http://localhost/signin/callback")]
    [InlineData("sync.example.com", "__Host-", "https://sync.example.com/signin/callback")]
    [InlineData("sync.example.com:8443", "__Host-", "https://sync.example.com:8443/signin/callback")]
    public async Task Cookies_are_for_this_host_and_no_script_and_the_token_is_for_no_other_site(string name, string prefix, string redirect)
    {
        var browser = new Browser(Host) { Name = name };
        using var start = await browser.GetAsync("/signin/start");
        using var finished = await browser.GetAsync((await Provider.AgreeAsync(start.Headers.Location!)).PathAndQuery);

        var mark = Cookie(start, prefix + "policysync-signin=");
        var again = Cookie(finished, prefix + "policysync-authority=");
        var token = Cookie(finished, prefix + "policysync-token=");
        Assert.Equal(redirect, QueryHelpers.ParseQuery(start.Headers.Location!.Query)["redirect_uri"]);
        Assert.Contains("samesite=lax", mark, StringComparison.Ordinal);
        Assert.Contains("max-age=600", mark, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", again, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", token, StringComparison.Ordinal);
        Assert.All([mark, again, token], cookie =>
        {
            Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
            Assert.Contains("; path=/;", cookie + ";", StringComparison.Ordinal);
            Assert.Equal(prefix.Length > 0, cookie.Contains("; secure", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_redirect_leads_to_the_public_address()
    {
        await using var host = await TestHost.StartAsync(settings: [.. Provider.Settings, ("PolicySync:Http:TrustedProxies:0", "10.1.0.0/16")]);

        var answer = await host.GetFromAsync("10.1.2.3", "/signin/start", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "sync.example"), ("X-Forwarded-For", "203.0.113.7"));

        var query = QueryHelpers.ParseQuery(new Uri(answer.Response.Headers.Location.ToString()).Query);
        Assert.Equal("https://sync.example/signin/callback", query["redirect_uri"]);
    }

    [Fact]
    public async Task A_browser_whose_token_has_ended_is_sent_to_the_authority_again_but_not_in_circles()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: time, settings: Provider.Settings);
        var browser = new Browser(host) { Accept = "text/html" };
        using var signedIn = await SignInAsync(browser);
        browser.Cookies.Remove("policysync-token");

        using var atOnce = await browser.GetAsync("/ui/tasks?status=Failed");
        time.Advance(TimeSpan.FromMinutes(2));
        using var later = await browser.GetAsync("/ui/tasks?status=Failed");
        using var form = await browser.PostAsync("/ui/theme", []);
        Provider.Error = "access_denied";
        using var refused = await SignInAsync(browser);
        using var afterwards = await browser.GetAsync("/ui/tasks?status=Failed");

        Assert.Equal("/signin?target=%2Fui%2Ftasks%3Fstatus%3DFailed", atOnce.Headers.Location?.ToString());
        Assert.Equal("/signin/start?target=%2Fui%2Ftasks%3Fstatus%3DFailed", later.Headers.Location?.ToString());
        Assert.Equal("/signin?target=%2Fui", form.Headers.Location?.ToString());
        Assert.Equal("/signin?target=%2Fui%2Ftasks%3Fstatus%3DFailed", afterwards.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Who_signs_out_is_out_and_can_sign_out_of_the_authority_too()
    {
        var browser = new Browser(Host) { Accept = "text/html" };
        using var signedIn = await SignInAsync(browser);

        using var signedOut = await browser.PostAsync("/signout", new() { ["seal"] = await browser.SealAsync() });
        var page = await browser.OpenAsync(signedOut.LeadsTo());

        Assert.Equal(["policysync-form", "policysync-signin"], browser.Cookies.Keys.Order(StringComparer.Ordinal));
        Assert.Contains($"href=\"{Provider.Issuer}/logout?client_id=policysync-ui\"", page, StringComparison.Ordinal);
        Assert.Contains("You are signed out.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sign_in_page_offers_the_authority_and_a_pasted_token()
    {
        await using var without = await TestHost.StartAsync();
        var page = await new Browser(Host).OpenAsync("/signin?target=%2Fui%2Fdrift");
        var other = await new Browser(without).OpenAsync("/signin");
        using var start = await new Browser(without).GetAsync("/signin/start");

        Assert.Contains($"href=\"/signin/start?target=%2Fui%2Fdrift\">Sign in with {new Uri(Provider.Issuer).Authority}<", page, StringComparison.Ordinal);
        Assert.Contains("<textarea", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/signin/start", other, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, start.StatusCode);
    }

    [Fact]
    public async Task A_pasted_token_of_the_authority_signs_in_too()
    {
        var browser = new Browser(Host);
        using var signedIn = await SignInAsync(browser);
        var other = new Browser(Host);

        using var pasted = await other.SignInAsync(browser.Cookies["policysync-token"]);

        Assert.Equal("/ui", pasted.LeadsTo());
    }

    [Fact]
    public async Task The_secret_travels_in_the_header_where_the_authority_lists_no_other_way()
    {
        Provider.TakesSecretInForm = false;

        using var signedIn = await SignInAsync(new Browser(Host));

        Assert.Equal("/ui", LeadsOnTo(signedIn));
    }

    [Fact]
    public async Task A_renewed_secret_file_needs_no_restart()
    {
        using var folder = new TestFolder("");
        var file = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(file, IdentityProvider.FirstSecret + "\n");
        await using var host = await TestHost.StartAsync(settings:
            [.. Provider.Settings.Where(setting => !setting.Key.EndsWith("Secret", StringComparison.Ordinal)), ("PolicySync:Auth:ClientSecretFile", file)]);
        var browser = new Browser(host);
        var under = await AgreeAsync(browser);
        Provider.Secret = "second-secret-of-the-client";
        await File.WriteAllTextAsync(file, Provider.Secret);

        using var begunBefore = await browser.GetAsync(under);
        var words = await RefusedAsync(browser, begunBefore, HttpStatusCode.BadRequest);
        using var signedIn = await SignInAsync(browser);
        File.Delete(file);
        using var missing = await new Browser(host).GetAsync("/signin/start");

        Assert.Contains("Please sign in again", words, StringComparison.Ordinal);
        Assert.Equal("/ui", LeadsOnTo(signedIn));
        Assert.Contains("cannot read its client secret", await RefusedAsync(new Browser(host), missing, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    private static string Cookie(HttpResponseMessage answer, string begins) =>
        Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(begins, StringComparison.Ordinal)).ToLowerInvariant();
}
