using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>The pages of libraries, as a browser shows them: the reference of the API and the Orleans dashboard.</summary>
public sealed class LibraryPagesTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private static readonly string Pictures = Path.Combine(Repository.Root, ".run", "pictures", "libraries");

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task The_reference_of_the_API_asks_no_other_host_and_a_request_of_it_uses_the_sign_in()
    {
        var host = await StartHostAsync();
        Directory.CreateDirectory(Pictures);
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.read"));
        var page = visitor.Page;

        await visitor.GoAsync("/scalar/#tag/tasks/GET/policysync/api/v1/catalogs");
        var test = page.GetByRole(AriaRole.Button, new() { NameRegex = new("Test Request.*catalogs", RegexOptions.None, TimeSpan.FromSeconds(1)) }).First;
        await Assertions.Expect(test).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "reference.png") });
        foreach (var words in new[] { "Ask AI", "Share", "Open API Client", "Deploy" })
        {
            Assert.Equal(0, await page.GetByText(words, new() { Exact = true }).CountAsync());
        }

        await test.ClickAsync();
        var send = page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = Words("Send") }).First;
        await Assertions.Expect(send).ToBeVisibleAsync();
        var answered = page.WaitForResponseAsync(response => response.Request.Method == "GET" && response.Url.Contains("/policysync/api/v1/", StringComparison.Ordinal));
        await send.ClickAsync();
        var answer = await answered;
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "request.png") });

        Assert.Equal(200, answer.Status);
        Assert.Empty(visitor.Complaints);
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task The_dashboard_asks_no_other_host_and_shows_its_grains()
    {
        var host = await StartHostAsync();
        Directory.CreateDirectory(Pictures);
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));

        await visitor.GoAsync("/dashboard/");

        await Assertions.Expect(visitor.Page.Locator("#menu")).ToContainTextAsync("Grains", new() { Timeout = 60_000 });
        await Assertions.Expect(visitor.Page.Locator("#content")).ToContainTextAsync("Total Activations", new() { Timeout = 60_000 });
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "dashboard.png") });
        Assert.Empty(visitor.Complaints);
    }

    private static Regex Words(string words) => new(Regex.Escape(words), RegexOptions.None, TimeSpan.FromSeconds(1));
}
