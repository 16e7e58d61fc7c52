using System.Net;
using System.Text.RegularExpressions;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>What all pages have in common: the way in, the frame, the files, the refusals.</summary>
public sealed partial class ShellTests : PageTest
{
    [Fact]
    public async Task The_root_leads_to_the_overview_and_a_person_without_a_token_to_the_sign_in_and_back()
    {
        var browser = new Browser(Host) { Accept = "text/html" };

        using var root = await browser.GetAsync("/");
        using var page = await browser.GetAsync("/ui/tasks?status=Failed&securable=main.s.t");
        using var signedIn = await browser.SignInAsync(Host.Signer.Token(), "/ui/tasks?status=Failed&securable=main.s.t");

        Assert.Equal("/ui", root.LeadsTo());
        Assert.Equal("/signin?target=%2Fui%2Ftasks%3Fstatus%3DFailed%26securable%3Dmain.s.t", page.Headers.Location!.ToString());
        Assert.Equal("/ui/tasks?status=Failed&securable=main.s.t", signedIn.LeadsTo());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("policysync.read")]
    [InlineData("policysync.tasks")]
    [InlineData("policysync.ops")]
    [InlineData("something.else")]
    public async Task Every_valid_token_signs_in_and_sees_a_page(string? scope)
    {
        var browser = await SignedInAsync(scope);

        var page = await browser.OpenAsync("/ui");

        Assert.Contains("Signed in as", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overview_says_which_policies_are_in_use_and_how_much_is_open()
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        (await Host.Client.PostAsync(Send.Table)).EnsureSuccessStatusCode();

        var words = Pages.Words(await OpenAsync("/ui"));

        Assert.Contains("Policies version 41", words, StringComparison.Ordinal);
        Assert.Contains("Open tasks 1", words, StringComparison.Ordinal);
        Assert.Contains("Open drift 2 on 1 securables", words, StringComparison.Ordinal);
        Assert.Contains("table main.sales.customers", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_use_of_the_budget_is_on_the_overview_and_in_full_on_the_health_page()
    {
        var overview = Pages.Words(await OpenAsync("/ui"));
        var health = Pages.Words(await OpenAsync("/ui/health"));

        Assert.Contains("Budget 42.5/s lowered from 50/s 9 under way, 31 waiting", overview, StringComparison.Ordinal);
        Assert.Contains("Allowed now 42.5 of 50 requests per second Asked for 61.2 requests per second by 2 processes Under way 9 of 16 Waiting 31", health, StringComparison.Ordinal);
        Assert.Contains("lower Workspace:RequestsPerSecond", health, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_of_the_metrics_is_one_click_away_where_its_address_is_set()
    {
        const string address = "https://grafana.example/d/policysync?var-namespace=a&b=%22";
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Metrics:DashboardUrl", address));
        var browser = new Browser(host) { Accept = "text/html" };
        (await browser.SignInAsync(host.Signer.Token(), "/ui")).Dispose();

        Assert.Contains($"href=\"{System.Net.WebUtility.HtmlEncode(address)}\" rel=\"noreferrer\"", await browser.OpenAsync("/ui"), StringComparison.Ordinal);
        Assert.DoesNotContain("Grafana", await OpenAsync("/ui"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_the_overview_that_has_no_answer_leaves_the_others()
    {
        Host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "out");

        var page = await OpenAsync("/ui");

        Assert.Contains("No answer", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_the_pages_need_no_token_and_are_kept_for_ever_under_the_hash_of_their_content()
    {
        using var signIn = await Host.Anonymous.GetAsync("/signin");
        var files = Files().Matches(await signIn.Content.ReadAsStringAsync()).Select(match => match.Value).Distinct().ToList();

        Assert.Equal(["css", "js", "svg"], files.Select(file => file.Split('.')[^1]).Order(StringComparer.Ordinal));
        foreach (var file in files)
        {
            using var answer = await Host.Anonymous.GetAsync(file);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", answer.Headers.GetValues("Cache-Control").SelectMany(value => value.Split(", ")).Order(StringComparer.Ordinal).Reverse()));
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        }

        using var other = await Host.Anonymous.GetAsync("/ui/assets/ui.0000000000000000.css");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Theory]
    [InlineData("light", "data-theme=\"light\"")]
    [InlineData("dark", "data-theme=\"dark\"")]
    public async Task A_chosen_theme_stays_and_leads_back_to_the_page(string theme, string mark)
    {
        var browser = await SignedInAsync();

        using var chosen = await browser.SubmitAsync("/ui/theme", ("theme", theme), ("back", "/ui?x=1"));
        var page = await browser.OpenAsync("/ui");
        using var elsewhere = await browser.SubmitAsync("/ui/theme", ("theme", "auto"), ("back", "https://evil.example/"));
        var auto = await browser.OpenAsync("/ui");

        Assert.Equal("/ui?x=1", chosen.LeadsTo());
        Assert.Contains(mark, page, StringComparison.Ordinal);
        Assert.Equal("/ui", elsewhere.LeadsTo());
        Assert.DoesNotContain("data-theme", auto, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_API_goes_on_ignoring_the_cookie_that_opens_the_pages()
    {
        var browser = await SignedInAsync();

        foreach (var (method, path) in new[] { ("GET", Send.Tasks), ("POST", Send.Task), ("PUT", "/policysync/api/v1/suspensions/main") })
        {
            using var answer = await browser.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            await answer.ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Names_of_others_are_shown_as_text_with_what_is_invisible_in_them()
    {
        var browser = await SignedInAsync(more: claims => claims["sub"] = Hostile + new string('w', 255));

        var page = await browser.OpenAsync("/ui");

        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', page);
        Assert.DoesNotContain('\u200B', page);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"mark\">U+202E</span>", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("<span class=\"mark\">U+0007</span>", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_without_a_page_answers_a_person_with_a_page_and_a_program_with_a_problem()
    {
        var page = await (await SignedInAsync()).OpenAsync("/ui/none", HttpStatusCode.NotFound);
        using var problem = await Host.Client.GetAsync("/ui/none");

        Assert.Contains("NOT_FOUND", page, StringComparison.Ordinal);
        Assert.Contains("Trace id", page, StringComparison.Ordinal);
        await problem.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_page_that_the_token_does_not_open_says_which_scope_it_lacks()
    {
        var page = await (await SignedInAsync("policysync.read")).OpenAsync("/metrics", HttpStatusCode.Forbidden);

        Assert.Contains("policysync.ops", page, StringComparison.Ordinal);
        Assert.Contains("INSUFFICIENT_SCOPE", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_requests_are_answered_with_a_page_that_says_when_to_try_again()
    {
        await using var host = await TestHost.StartAsync(settings: [("PolicySync:Http:RequestsPerSecondPerToken", "1")]);
        var browser = await SignedInAsync(host);
        for (var n = 0; n < 20; n++)
        {
            using var answer = await browser.GetAsync("/ui/none");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Contains("Try again in 1 second", await answer.PageAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
                Assert.NotNull(answer.Headers.RetryAfter);
                return;
            }
        }

        Assert.Fail("20 requests were served");
    }

    [GeneratedRegex("/ui/assets/[a-z]+\\.[0-9a-f]{16}\\.[a-z]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Files();
}
