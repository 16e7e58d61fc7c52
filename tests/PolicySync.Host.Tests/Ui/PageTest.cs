using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>The front of the service, and browsers that are signed in to it.</summary>
public abstract partial class PageTest : IAsyncLifetime
{
    /// <summary>Scopes of an operator who may do everything.</summary>
    internal const string Everything = "policysync.tasks policysync.ops";

    /// <summary>A name with markup, a mark that turns the direction around, a space without width and a control.</summary>
    internal const string Hostile = "<img src=x onerror=alert(1)>\u202Egnp\u200B\u0007'\"&";

    internal TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>A browser with the token of a person.</summary>
    internal Task<Browser> SignedInAsync(string? scope = Everything, Action<JsonObject>? more = null) => SignedInAsync(Host, scope, more);

    internal static async Task<Browser> SignedInAsync(TestHost host, string? scope = Everything, Action<JsonObject>? more = null)
    {
        var browser = new Browser(host) { Accept = "text/html" };
        using var answer = await browser.SignInAsync(host.Signer.Token(claims =>
        {
            claims["scope"] = scope;
            more?.Invoke(claims);
        }));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    /// <summary>The page at an address, as an operator sees it.</summary>
    internal async Task<string> OpenAsync(string path, string? scope = Everything) => await (await SignedInAsync(scope)).OpenAsync(path);

    /// <summary>The seal that the browser has.</summary>
    internal static string SealOf(Browser browser) => browser.Cookies["policysync-form"];

    [GeneratedRegex("<[^>]*>|\\s+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    internal static partial Regex Markup();
}

/// <summary>What tests ask of pages.</summary>
internal static class Pages
{
    /// <summary>The text of a page, which must be one.</summary>
    public static async Task<string> OpenAsync(this Browser browser, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await browser.GetAsync(path);
        return await answer.PageAsync(status);
    }

    /// <summary>The text of an answer, which must be a page that loads nothing of others.</summary>
    public static async Task<string> PageAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {Words(text)}");
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        Assert.DoesNotContain(" style=", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<style", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, Count(text, "<h1"));
        Assert.Equal(1, Count(text, "<main"));
        Assert.Contains("<html lang=\"en\"", text, StringComparison.Ordinal);
        return text;
    }

    /// <summary>The words of a page, without markup, with one space between them.</summary>
    public static string Words(string page) =>
        WebUtility.HtmlDecode(string.Join(' ', PageTest.Markup().Split(page).Where(part => part.Length > 0)));

    /// <summary>Sends a form of a page, with the seal of the browser.</summary>
    public static Task<HttpResponseMessage> SubmitAsync(this Browser browser, string path, params (string Name, string Value)[] fields)
    {
        var all = fields.ToDictionary(field => field.Name, field => field.Value);
        all.TryAdd("seal", PageTest.SealOf(browser));
        return browser.PostAsync(path, all);
    }

    /// <summary>Where an action leads, which must have been done.</summary>
    public static string LeadsTo(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
