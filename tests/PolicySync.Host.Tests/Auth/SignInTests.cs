using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

/// <summary>The sign-in for browsers: what it takes, what it sets, and where that opens anything.</summary>
public sealed partial class SignInTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_pasted_token_of_the_scope_for_operations_opens_the_pages()
    {
        var browser = new Browser(_host);

        using var signedIn = await browser.SignInAsync(Operator());
        using var metrics = await browser.GetAsync("/metrics");
        using var document = await browser.GetAsync("/openapi/v1.json");
        using var page = await browser.GetAsync("/signin");

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal("/ui", signedIn.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Equal(HttpStatusCode.OK, document.StatusCode);
        Assert.Contains("Signed in as <strong><bdi class=\"name\">tester</bdi></strong>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "policysync-token=", false)]
    [InlineData("127.0.0.1:8080", "policysync-token=", false)]
    [InlineData("sync.example.com", "__Host-policysync-token=", true)]
    public async Task The_cookie_is_for_this_host_no_script_and_no_other_site_and_secure_but_on_loopback(string name, string begins, bool secure)
    {
        var browser = new Browser(_host) { Name = name };

        using var signedIn = await browser.SignInAsync(Operator());

        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(begins, StringComparison.Ordinal));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(secure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Seconds that the token is still good for, and the most that the browser may keep it.</summary>
    [Theory]
    [InlineData(600, 600)]
    [InlineData(365 * 86_400, 8 * 3_600)]
    public async Task A_browser_keeps_the_token_for_hours_and_not_beyond_its_end(int goodFor, int atMost)
    {
        var browser = new Browser(_host);

        using var signedIn = await browser.SignInAsync(Operator(claims => claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(goodFor).ToUnixTimeSeconds()));

        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("policysync-token=", StringComparison.Ordinal));
        var age = int.Parse(MaxAge().Match(cookie).Groups["age"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(age, atMost - 120, atMost);
    }

    public static TheoryData<string, HttpStatusCode> Refused() => new()
    {
        { "expired", HttpStatusCode.Unauthorized },
        { "stranger", HttpStatusCode.Unauthorized },
        { "other instance", HttpStatusCode.Unauthorized },
        { "critical", HttpStatusCode.Unauthorized },
        { "nonsense", HttpStatusCode.Unauthorized },
        { "empty", HttpStatusCode.Unauthorized },
        { "too long", HttpStatusCode.BadRequest },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_token_that_is_not_valid_as_a_bearer_signs_nobody_in(string kind, HttpStatusCode status)
    {
        using var stranger = Signer.P256();
        var token = kind switch
        {
            "expired" => Operator(claims => claims["exp"] = 1),
            "stranger" => stranger.Token(claims => claims["scope"] = "policysync.ops"),
            "other instance" => Operator(claims => claims["aud"] = "instance2"),
            "critical" => _host.Signer.Sign(
                new System.Text.Json.Nodes.JsonObject { ["alg"] = "ES256", ["crit"] = new System.Text.Json.Nodes.JsonArray("x"), ["x"] = 1 },
                Signer.Claims()),
            "nonsense" => "not a token",
            "empty" => "",
            _ => Operator(claims => claims["more"] = new string('x', 4_000)),
        };
        var browser = new Browser(_host) { Authorization = Operator() }; // which is not what was pasted

        using var answer = await browser.SignInAsync(token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(browser.Cookies.Keys, name => name.EndsWith("token", StringComparison.Ordinal));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        Assert.True(token.Length < 10 || !page.Contains(token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/policysync/api/v1/tasks/1")]
    [InlineData("GET", "/policysync/api/v1/tasks")]
    [InlineData("GET", "/policysync/api/v1/tasks/1/resources")]
    [InlineData("POST", "/policysync/api/v1/task")]
    [InlineData("POST", "/metrics")]
    [InlineData("DELETE", "/dashboard/GrainState")]
    public async Task A_browser_that_is_signed_in_cannot_be_made_to_use_the_API_or_to_change_anything(string method, string path)
    {
        var browser = new Browser(_host);
        using var signedIn = await browser.SignInAsync(_host.Signer.Token(claims => claims["scope"] = "policysync.ops policysync.tasks"));

        using var answer = await browser.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await answer.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("a wrong seal")]
    [InlineData("no seal")]
    [InlineData("no cookie")]
    [InlineData("another site")]
    public async Task A_form_that_is_not_ours_signs_nobody_in_or_out(string kind)
    {
        foreach (var path in new[] { "/signin", "/signout" })
        {
            var browser = new Browser(_host);
            var seal = await browser.SealAsync();
            var fields = new Dictionary<string, string> { ["token"] = Operator(), ["seal"] = kind == "a wrong seal" ? seal + "x" : seal };
            if (kind == "no seal")
            {
                fields.Remove("seal");
            }

            if (kind == "no cookie")
            {
                browser.Cookies.Clear();
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
            request.Headers.Add("Sec-Fetch-Site", kind == "another site" ? "cross-site" : "same-origin");

            using var answer = await browser.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var set) && set.Any(cookie => cookie.Contains("token", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Who_signs_out_is_out()
    {
        var browser = new Browser(_host);
        using var signedIn = await browser.SignInAsync(Operator());

        using var signedOut = await browser.PostAsync("/signout", new() { ["seal"] = await browser.SealAsync() });
        using var metrics = await browser.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.SeeOther, signedOut.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, metrics.StatusCode);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", HttpStatusCode.Redirect)]
    [InlineData("*/*", HttpStatusCode.Unauthorized)]
    [InlineData("application/json", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task A_person_is_led_to_the_sign_in_and_a_program_gets_401(string? accept, HttpStatusCode status)
    {
        foreach (var path in new[] { "/metrics", "/scalar", "/openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (accept is not null)
            {
                request.Headers.TryAddWithoutValidation("Accept", accept);
            }

            using var answer = await _host.Anonymous.SendAsync(request);

            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(status == HttpStatusCode.Redirect ? $"/signin?target={Uri.EscapeDataString(path)}" : null, answer.Headers.Location?.ToString());
        }
    }

    [Fact]
    public async Task The_API_answers_a_browser_without_a_token_like_everyone_else()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Send.Tasks}/1");
        request.Headers.TryAddWithoutValidation("Accept", "text/html");

        using var answer = await _host.Anonymous.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    /// <summary>What a link asks for, and where the browser goes after the sign-in.</summary>
    [Theory]
    [InlineData("/scalar/", "/scalar/")]
    [InlineData("/metrics", "/metrics")]
    [InlineData("/ui", "/ui")]
    [InlineData("/ui/tasks?status=Failed&securable=table+main.sales.customers&page=a%2Fb", "/ui/tasks?status=Failed&securable=table+main.sales.customers&page=a%2Fb")]
    [InlineData("/ui/securables/table/main.sales.o'x(1)", "/ui/securables/table/main.sales.o'x(1)")]
    [InlineData("https://evil.example/", "/ui")]
    [InlineData("//evil.example/dashboard", "/ui")]
    [InlineData("///evil.example/ui", "/ui")]
    [InlineData("/\\evil.example", "/ui")]
    [InlineData("/ui\\..\\evil", "/ui")]
    [InlineData("/uix", "/ui")]
    [InlineData("/?/ui", "/ui")]
    [InlineData("/policysync/api/v1/tasks", "/ui")]
    [InlineData("/ui/#<script>", "/ui")]
    [InlineData("/dashboard/\r\nSet-Cookie: a=b", "/ui")]
    [InlineData("/dashboardx", "/ui")]
    [InlineData("/signin", "/ui")]
    public async Task A_link_leads_nowhere_but_to_a_page_of_this_service(string target, string leads)
    {
        var browser = new Browser(_host);

        using var answer = await browser.SignInAsync(Operator(), target);

        Assert.Equal(leads, answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_sign_in_page_holds_no_script_of_others_and_can_be_put_in_no_frame()
    {
        using var answer = await _host.Anonymous.GetAsync("/signin?target=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");

        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("alert(1)", page, StringComparison.OrdinalIgnoreCase);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Whoever_tries_again_and_again_is_refused_for_a_while()
    {
        var browser = new Browser(_host);
        for (var i = 0; i < 100; i++)
        {
            using var answer = await browser.SignInAsync("nonsense");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await answer.ProblemAsync(HttpStatusCode.TooManyRequests);
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                return;
            }
        }

        Assert.Fail("100 tries were served");
    }

    [Fact]
    public async Task A_body_that_is_no_form_or_too_large_for_one_is_refused()
    {
        using var json = await _host.Anonymous.PostAsync("/signin", new StringContent("{}", new MediaTypeHeaderValue("application/json")));
        using var fields = await _host.Anonymous.PostAsync("/signin", new FormUrlEncodedContent(
            Enumerable.Range(0, 2_000).Select(i => new KeyValuePair<string, string>($"{i}", ""))));

        await json.ProblemAsync(HttpStatusCode.BadRequest);
        await fields.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Another_gateway_with_the_same_keys_takes_the_form_and_the_cookie()
    {
        await using var other = await TestHost.StartAsync(Signer.FromPrivate(_host.Signer));
        var browser = new Browser(_host);
        var seal = await browser.SealAsync();
        browser.Host = other;

        using var signedIn = await browser.PostAsync("/signin", new() { ["seal"] = seal, ["token"] = Operator() });
        browser.Host = _host;
        using var metrics = await browser.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public async Task No_pasted_token_is_ever_logged()
    {
        await using var host = await TestHost.StartAsync(level: Microsoft.Extensions.Logging.LogLevel.Trace);
        using var stranger = Signer.P256();
        string[] tokens = [host.Signer.Token(claims => claims["scope"] = "policysync.ops"), stranger.Token(), host.Signer.Token(), host.Signer.Token(claims => claims["exp"] = 1)];
        foreach (var token in tokens)
        {
            var browser = new Browser(host);
            using var answer = await browser.SignInAsync(token);
            using var page = await browser.GetAsync("/metrics");
        }

        Assert.Contains(host.Log.All, line => line.Contains("Signed in tester", StringComparison.Ordinal));
        Assert.Contains(host.Log.All, line => line.Contains("Refused 1 sign-ins", StringComparison.Ordinal));
        foreach (var line in host.Log.All)
        {
            Assert.All(tokens, token => Assert.DoesNotContain(token.Split('.')[2], line, StringComparison.Ordinal));
        }
    }

    private string Operator(Action<System.Text.Json.Nodes.JsonObject>? change = null) => _host.Signer.Token(claims =>
    {
        claims["scope"] = "policysync.ops";
        change?.Invoke(claims);
    });

    [GeneratedRegex("max-age=(?<age>[0-9]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex MaxAge();
}
