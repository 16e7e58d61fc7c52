using System.Net;
using PolicySync.Host.Tests.Support;
using PolicySync.Host.Tests.Ui;

namespace PolicySync.Host.Tests.Auth;

/// <summary>An authority, and a service that is its client.</summary>
public abstract class OpenIdTest : IAsyncLifetime
{
    internal IdentityProvider Provider { get; private set; } = null!;

    internal TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Provider = await IdentityProvider.StartAsync();
        Host = await TestHost.StartAsync(settings: Provider.Settings);
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>Begins a sign-in. Returns where the service sends the browser.</summary>
    internal static async Task<Uri> BeginAsync(Browser browser, string target = "/ui")
    {
        using var answer = await browser.GetAsync($"/signin/start?target={Uri.EscapeDataString(target)}");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        return answer.Headers.Location!;
    }

    /// <summary>Begins a sign-in and agrees at the authority. Returns the path that the browser comes back to.</summary>
    internal async Task<string> AgreeAsync(Browser browser, string target = "/ui") =>
        (await Provider.AgreeAsync(await BeginAsync(browser, target))).PathAndQuery;

    internal async Task<HttpResponseMessage> SignInAsync(Browser browser, string target = "/ui") =>
        await browser.GetAsync(await AgreeAsync(browser, target));

    /// <summary>Where a browser is led after a sign-in, which must have succeeded.</summary>
    internal static string LeadsOnTo(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var refresh = Assert.Single(answer.Headers.GetValues("Refresh"));
        Assert.StartsWith("0; url=", refresh, StringComparison.Ordinal);
        return refresh["0; url=".Length..];
    }

    /// <summary>The words of the sign-in page, which must have refused.</summary>
    internal static async Task<string> RefusedAsync(Browser browser, HttpResponseMessage answer, HttpStatusCode status)
    {
        var page = await answer.PageAsync(status);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing that people should read", page, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Refresh"));
        Assert.DoesNotContain(browser.Cookies.Keys, name => name.EndsWith("policysync-token", StringComparison.Ordinal));
        return Pages.Words(page);
    }
}
