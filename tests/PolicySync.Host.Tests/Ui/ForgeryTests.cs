using System.Net;
using System.Text;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>Forms that no page of the service has sent.</summary>
public sealed class ForgeryTests : PageTest
{
    [Theory]
    [InlineData("a wrong seal")]
    [InlineData("no seal")]
    [InlineData("no cookie of the form")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://localhost:81")]
    [InlineData("Origin", "not an origin")]
    public async Task A_form_that_is_not_ours_changes_nothing(string kind, string? value = null)
    {
        var browser = await SignedInAsync();
        var fields = new Dictionary<string, string> { ["theme"] = "dark", ["seal"] = SealOf(browser) };
        switch (kind)
        {
            case "a wrong seal":
                fields["seal"] += "x";
                break;
            case "no seal":
                fields.Remove("seal");
                break;
            case "no cookie of the form":
                browser.Cookies.Remove("policysync-form");
                break;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/theme") { Content = new FormUrlEncodedContent(fields) };
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(kind, value);
        }

        using var answer = await browser.SendAsync(request);

        Assert.Contains("FORM_REFUSED", await answer.PageAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.DoesNotContain("policysync-theme", browser.Cookies.Keys);
    }

    [Theory]
    [InlineData("same-origin", "null")]
    [InlineData("same-origin", "http://localhost")]
    [InlineData(null, "http://localhost")]
    [InlineData(null, null)]
    public async Task A_form_of_ours_is_accepted_whatever_the_browser_says_of_its_origin(string? site, string? origin)
    {
        var browser = await SignedInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ui/theme")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["theme"] = "dark", ["seal"] = SealOf(browser) }),
        };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await browser.SendAsync(request);

        Assert.Equal("/ui", answer.LeadsTo());
        Assert.Equal("dark", browser.Cookies["policysync-theme"]);
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_refused_and_so_is_a_form_without_a_token()
    {
        var browser = await SignedInAsync();
        using var json = new HttpRequestMessage(HttpMethod.Post, "/ui/theme") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        using var damaged = new HttpRequestMessage(HttpMethod.Post, "/ui/theme") { Content = new StringContent("--x", Encoding.UTF8) };
        damaged.Content.Headers.Remove("Content-Type");
        damaged.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=" + new string('x', 300));

        using var refused = await browser.SendAsync(json);
        using var unread = await browser.SendAsync(damaged);
        browser.Cookies.Remove("policysync-token");
        using var anonymous = await browser.SubmitAsync("/ui/theme", ("theme", "dark"));

        await refused.PageAsync(HttpStatusCode.UnsupportedMediaType);
        await unread.PageAsync(HttpStatusCode.BadRequest);
        Assert.Equal("/signin?target=%2Fui", anonymous.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Cookies_of_the_pages_are_hidden_from_scripts_and_other_sites()
    {
        var browser = await SignedInAsync();

        using var page = await browser.GetAsync("/ui");
        using var chosen = await browser.SubmitAsync("/ui/theme", ("theme", "dark"));

        foreach (var cookie in page.Headers.GetValues("Set-Cookie").Concat(chosen.Headers.GetValues("Set-Cookie")))
        {
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        }
    }
}
