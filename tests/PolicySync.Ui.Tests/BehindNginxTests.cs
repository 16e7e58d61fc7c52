using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PolicySync.Deploy.Tests.Ingress;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;

namespace PolicySync.Ui.Tests;

/// <summary>A person at two gateways through a real nginx that sends each request to the next one, without affinity.</summary>
public sealed partial class BehindNginxTests(AzuriteFixture azurite) : StackTest(azurite)
{
    [NeedsTool("chromium", "nginx")]
    [Trait("Category", "Long")]
    public async Task A_form_of_a_gateway_that_is_killed_is_taken_by_the_other_and_the_walk_goes_on_without_a_new_sign_in()
    {
        Policies.Allow("read", "main.*.*", "select", "@analysts").Publish();
        var cluster = await StartClusterAsync(silos: 1, gateways: 2, ("Http:TrustedProxies:0", $"{Nginx.Address}/32"));
        await using var nginx = await Nginx.StartAsync(cluster.Gateways.Select(gateway => gateway.Url), Annotations());
        await using var visitor = await Visitor.ComeAsync(nginx.Url);
        var page = visitor.Page;
        await visitor.SignInAsync(cluster.Token);

        // A task is made by a form, and followed to its end.
        await ClickAsync(page, "Tasks");
        await page.GetByRole(AriaRole.Link, new() { Name = "New task" }).First.ClickAsync();
        await page.GetByLabel("Full name").FillAsync("main.sales.customers");
        await page.Locator("input[name=kind][value=sync]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create task" }).ClickAsync();
        await Assertions.Expect(page.Locator("main .card").First).ToContainTextAsync("Succeeded", new() { Timeout = 60_000 });
        foreach (var name in new[] { "Securables", "Policies", "Plans", "Health", "Suspensions" })
        {
            await ClickAsync(page, name);
        }

        Assert.All(cluster.Gateways, gateway => Assert.Contains(nginx.Served, line => line.StartsWith(AddressOf(gateway) + " 200 GET /ui", StringComparison.Ordinal)));

        // The gateway that showed the form dies before the form is sent.
        await page.GetByLabel("Pattern").FillAsync("main.finance");
        await page.GetByLabel("Reason").FillAsync("an audit");
        var shown = nginx.Served.Last(line => line.EndsWith(" 200 GET /ui/suspensions", StringComparison.Ordinal));
        var killed = cluster.Gateways.Single(gateway => shown.StartsWith(AddressOf(gateway), StringComparison.Ordinal));
        var other = cluster.Gateways.Single(gateway => gateway != killed);
        await killed.KillAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "main.finance" })).ToContainTextAsync("an audit");
        foreach (var name in new[] { "Overview", "Securables", "Tasks", "Drift", "Policies", "Plans", "Health", "Suspensions" })
        {
            await ClickAsync(page, name);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "End the suspension of main.finance" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Nothing is suspended");

        Assert.Contains(nginx.Served, line => line.Contains(AddressOf(other), StringComparison.Ordinal) && line.EndsWith("POST /ui/suspensions", StringComparison.Ordinal));
        Assert.Single(nginx.Served, line => line.EndsWith("POST /signin", StringComparison.Ordinal));
        Assert.Empty(visitor.Complaints); // the console names each answer that is a fault
    }

    private static async Task ClickAsync(IPage page, string name)
    {
        await page.Locator(".side").GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".side a[aria-current=page]")).ToHaveTextAsync(name);
        await Assertions.Expect(page.Locator("main h1")).ToBeVisibleAsync();
    }

    private static string AddressOf(Member gateway) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gateway.Url.Port}");

    // As the template has them: helm renders nothing of them but the protocol, which is plain without a certificate of the service.
    private static Dictionary<string, string> Annotations() => Annotation()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "helm", "policy-sync", "templates", "ingress.yaml")))
        .ToDictionary(found => found.Groups["name"].Value, found => found.Groups["value"] is { Success: true } value ? value.Value : "HTTP", StringComparer.Ordinal);

    [GeneratedRegex("""nginx\.ingress\.kubernetes\.io/(?<name>[a-z-]+)" ("(?<value>[^"]*)"|\()""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Annotation();
}
