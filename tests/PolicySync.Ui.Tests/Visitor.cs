using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>A person with a browser of their own: what it loads, what its console says, where it stands.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _service;

    private Visitor(IPlaywright playwright, IBrowser browser, IPage page, Uri service)
    {
        (_playwright, _browser, Page, _service) = (playwright, browser, page, service);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(service.ToString(), StringComparison.Ordinal))
            {
                Complaints.Add($"asked another origin: {request.Url}");
            }
        };
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Complaints.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    /// <summary>Requests to other origins, refusals of the content security policy and faults of the script.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Visitor> ComeAsync(Uri service, int width = 1_440, ColorScheme theme = ColorScheme.Light, bool script = true, bool readsWithAxe = false)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = NeedsToolAttribute.PathOf("chromium"), Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = theme, JavaScriptEnabled = script, BypassCSP = readsWithAxe,
            IgnoreHTTPSErrors = service.Scheme == Uri.UriSchemeHttps, // a test's certificate is its own
        });
        return new Visitor(playwright, browser, await context.NewPageAsync(), service);
    }

    /// <summary>Signs in by the page.</summary>
    public async Task SignInAsync(string token)
    {
        await GoAsync("/ui");
        await Page.GetByLabel("Token").FillAsync(token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.WaitForURLAsync("**/ui");
    }

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(new Uri(_service, path).ToString()))!;

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
