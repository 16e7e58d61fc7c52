using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>People walk through every page with a browser.</summary>
public sealed class WalkTests(AzuriteFixture azurite) : EstateTest(azurite)
{
    /// <summary>Where pictures of the pages are left, for people to look at.</summary>
    private static readonly string Pictures = Path.Combine(Repository.Root, ".run", "pictures", "ui");

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Every_page_is_readable_in_both_themes_and_widths_by_each_role_and_loads_nothing_of_others()
    {
        var (host, pages) = await EstateAsync();
        Directory.CreateDirectory(Pictures);
        foreach (var (role, scope) in new[] { ("operator", "policysync.tasks policysync.ops"), ("reader", "policysync.read"), ("outsider", "something.else") })
        {
            foreach (var (width, theme) in new[] { (1_440, ColorScheme.Light), (360, ColorScheme.Dark), (1_440, ColorScheme.Dark), (360, ColorScheme.Light) })
            {
                await using var visitor = await Visitor.ComeAsync(host.Url, width, theme);
                await visitor.SignInAsync(host.Token(scope));
                foreach (var (name, path) in pages)
                {
                    var answer = await visitor.GoAsync(path);
                    Assert.True(answer.Ok || role == "outsider", $"{role} {path}: {answer.Status}");
                    if (await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") is var wide && wide > width)
                    {
                        visitor.Complaints.Add($"{path} is {wide} wide at {width}");
                    }

                    await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{role}-{width}-{theme}.png"), FullPage = true });
                }

                Assert.DoesNotContain(visitor.Complaints, complaint => role != "outsider" || !complaint.Contains("403", StringComparison.Ordinal));
            }
        }
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task No_page_has_a_serious_fault_of_accessibility()
    {
        var (host, pages) = await EstateAsync();
        var faults = new List<string>();
        foreach (var (width, theme) in new[] { (1_440, ColorScheme.Light), (1_440, ColorScheme.Dark), (360, ColorScheme.Light) })
        {
            await using var visitor = await Visitor.ComeAsync(host.Url, width, theme, readsWithAxe: true);
            await visitor.GoAsync("/signin");
            faults.AddRange(await FaultsAsync(visitor, $"sign-in, {theme}, {width}"));
            await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
            foreach (var (name, path) in pages)
            {
                await visitor.GoAsync(path);
                faults.AddRange(await FaultsAsync(visitor, $"{name}, {theme}, {width}"));
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task A_person_finds_in_three_clicks_why_a_denied_member_cannot_read_and_what_tampering_did()
    {
        var (host, _) = await EstateAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.read"));
        var page = visitor.Page;

        await page.Locator(".tile", new() { HasText = "Open drift" }).ClickAsync(); // 1
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "tess.sales@example.com" })).ToContainTextAsync("Grant of others");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "tess.sales@example.com" }).GetByRole(AriaRole.Link, new() { Name = "main.sales.customers" }).ClickAsync(); // 2
        await page.GetByLabel("Person or group").Last.FillAsync("tess.sales@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Explain" }).ClickAsync(); // 3

        await Assertions.Expect(page.Locator(".trace .decides")).ToContainTextAsync("says denied");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("made by others");
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Without_scripts_everything_works_too()
    {
        var (host, _) = await EstateAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url, script: false);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        var page = visitor.Page;

        await visitor.GoAsync("/ui/tasks/new?type=table&name=main.sales.customers&kind=verify");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create task" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .card").First).ToContainTextAsync("Drifted", new() { Timeout = 60_000 });
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Locator(".side").GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
    }

    private static async Task<IEnumerable<string>> FaultsAsync(Visitor visitor, string page)
    {
        var result = await visitor.Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } });
        return result.Violations.Select(fault => $"{page}: {fault.Impact} {fault.Id}: {string.Join(" | ", fault.Nodes.Take(3).Select(node => node.Html))}");
    }
}
