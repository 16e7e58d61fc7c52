using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>
/// Pictures that pages of the documentation show, made of the estate of the demo. <c>deploy/dev.sh pictures</c> replaces them; an ordinary run
/// leaves them where nobody looks.
/// </summary>
public sealed class PicturesOfTheDocumentation(AzuriteFixture azurite) : EstateTest(azurite)
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("POLICYSYNC_PICTURES") ?? Path.Combine(Repository.Root, ".run", "pictures", "documentation");

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task Each_picture_that_a_page_shows_can_be_made()
    {
        var (host, pages) = await EstateAsync();
        Directory.CreateDirectory(Folder);
        await using var visitor = await Visitor.ComeAsync(host.Url, width: 1_280);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        foreach (var name in new[] { "overview", "access", "explain", "drift", "plan" })
        {
            await visitor.GoAsync(pages.Single(page => page.Name == name).Path);
            await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
        }

        Assert.Empty(visitor.Complaints);
    }
}
