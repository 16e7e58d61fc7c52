using System.Net;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>An operator's way to the dashboard, with a real browser.</summary>
public sealed class DashboardInBrowserTests(AzuriteFixture azurite) : StackTest(azurite)
{
    /// <summary>Where the picture of the dashboard is left, for people to look at.</summary>
    private static readonly string Picture = Path.Combine(Repository.Root, ".run", "pictures", "dashboard.png");

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task An_operator_signs_in_with_a_token_and_sees_what_the_grains_do()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Schema("main.sales"));

        // Grains leave as soon as they have nothing to do: this one is kept at work while somebody looks.
        await Emulator.FaultAsync(new { id = "held", method = "GET", path = "*/permissions/table/main.sales.customers", holdUntilReleased = true, times = 1 });
        var held = await host.PostAsync(Payload.Table("main.sales.customers"));
        await using var browser = await Chromium.StartAsync();

        await browser.OpenAsync(new Uri(host.Url, "dashboard"));
        await browser.UntilAsync("location.pathname === '/signin' && document.querySelector('#token') !== null");
        await browser.EvaluateAsync($"(document.querySelector('#token').value = '{host.Token("policysync.ops")}', document.querySelector('form').submit())");
        await browser.UntilAsync("location.pathname.startsWith('/dashboard') && document.readyState === 'complete'");
        await browser.OpenAsync(new Uri(host.Url, "dashboard/#/grains"));
        await browser.UntilAsync("document.body.innerText.includes('SyncTaskGrain') && document.body.innerText.includes('ResourceGrain')");

        Directory.CreateDirectory(Path.GetDirectoryName(Picture)!);
        await File.WriteAllBytesAsync(Picture, await browser.PictureAsync());
        Assert.DoesNotContain("policysync-token", await browser.EvaluateAsync("document.cookie"), StringComparison.Ordinal);
        using var stranger = new HttpClient();
        using var answer = await stranger.GetAsync(new Uri(host.Url, "dashboard/DashboardCounters"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        await Emulator.ReleaseAsync("held");
        await host.EndOfAsync(held);

        await browser.OpenAsync(new Uri(host.Url, "signin"));
        await browser.UntilAsync("document.querySelector('form[action=\"/signout\"]') !== null");
        await browser.EvaluateAsync("document.querySelector('form[action=\"/signout\"]').submit()");
        await browser.UntilAsync("document.querySelector('#token') !== null");
        await browser.OpenAsync(new Uri(host.Url, "dashboard"));
        await browser.UntilAsync("location.pathname === '/signin'");
    }
}
