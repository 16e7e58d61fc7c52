using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using PolicySync.EndToEnd.Tests;
using PolicySync.EndToEnd.Tests.Operations;
using Host = PolicySync.EndToEnd.Tests.Stack.Host;

namespace PolicySync.Ui.Tests;

/// <summary>What a page of somebody else can do with the browser of a person who is signed in: link to the pages, and nothing more.</summary>
public sealed class OtherSiteTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Task = """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main"}}]}}""";

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task A_form_of_another_origin_creates_nothing()
    {
        var host = await StartHostAsync();
        await using var site = new OtherSite($"""
            <!DOCTYPE html><title>Other</title>
            <form method="post" action="{host.Url}ui/suspensions"><input name="pattern" value="main"><input name="reason" value="forged"><input name="end" value="2999-01-01T00:00"><input name="seal" value="x"><button>suspend</button></form>
            <form method="post" action="{host.Url}ui/tasks"><input name="type" value="catalog"><input name="name" value="main"><input name="kind" value="sync"><input name="seal" value="x"><button>task</button></form>
            """);
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        foreach (var address in site.Addresses)
        {
            foreach (var button in new[] { "suspend", "task" })
            {
                await visitor.Page.GotoAsync(address.ToString());
                var answered = visitor.Page.WaitForResponseAsync(response => response.Request.Method == "POST");
                await visitor.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
                var answer = await answered;

                // Another site's form comes without the cookie; that of the same site comes with it and is refused for its origin.
                Assert.True(answer.Status is 400 or 401 or 303 or 302, $"{address} {button}: {answer.Status}");
                await Assertions.Expect(visitor.Page.Locator("main")).ToContainTextAsync(answer.Status == 400 ? "The request was sent by a page of another site." : "Sign in");
            }
        }

        await AssertNothingWasMadeAsync(host);
        await AssertStillSignedInAsync(visitor);
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task A_script_of_another_origin_reads_nothing_and_creates_nothing()
    {
        var host = await StartHostAsync();
        await using var site = new OtherSite("<!DOCTYPE html><title>Other</title>");
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        var statuses = new ConcurrentQueue<(string Method, string Path, int Status)>();
        visitor.Page.Response += (_, response) => statuses.Enqueue((response.Request.Method, new Uri(response.Url).AbsolutePath, response.Status));
        foreach (var address in site.Addresses)
        {
            await visitor.Page.GotoAsync(address.ToString());
            statuses.Clear();
            foreach (var path in new[] { "policysync/api/v1/tasks", "ui", "ui/tasks" })
            {
                Assert.Equal("refused", await FetchAsync(visitor, host.Url + path, "{ credentials: 'include' }"));
            }

            Assert.Equal("opaque", await FetchAsync(visitor, host.Url + "policysync/api/v1/tasks", "{ credentials: 'include', mode: 'no-cors' }"));
            Assert.Equal("opaque", await FetchAsync(visitor, host.Url + "policysync/api/v1/task", $"{{ credentials: 'include', mode: 'no-cors', method: 'POST', body: `{Task}` }}"));
            Assert.Equal("opaque", await FetchAsync(visitor, host.Url + "ui/suspensions", "{ credentials: 'include', mode: 'no-cors', method: 'POST', body: new URLSearchParams('pattern=main&reason=forged&end=2999-01-01T00:00') }"));
            Assert.Equal("refused", await FetchAsync(visitor, host.Url + "policysync/api/v1/task", $"{{ credentials: 'include', method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: `{Task}` }}"));

            Assert.Contains(statuses, one => one is { Method: "GET", Path: "/policysync/api/v1/tasks" });
            Assert.All(statuses.Where(one => one.Path.StartsWith("/policysync", StringComparison.Ordinal)), one => Assert.Equal(401, one.Status));
            Assert.All(statuses.Where(one => one.Method == "POST"), one => Assert.InRange(one.Status, 300, 499));
        }

        await AssertNothingWasMadeAsync(host);
        await AssertStillSignedInAsync(visitor);
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task No_page_is_shown_in_a_frame_of_another_origin()
    {
        var host = await StartHostAsync();
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        string[] paths = ["ui", "ui/suspensions", "scalar/", "dashboard/", "signin"];
        await using var site = new OtherSite("<!DOCTYPE html><title>Other</title>" + string.Concat(paths.Select(path => $"<iframe src=\"{host.Url}{path}\"></iframe>")));
        foreach (var address in site.Addresses)
        {
            visitor.Complaints.Clear();
            await visitor.Page.GotoAsync(address.ToString());

            var frames = visitor.Page.Frames.Where(frame => frame != visitor.Page.MainFrame).ToList();
            Assert.Equal(paths.Length, frames.Count);
            foreach (var frame in frames)
            {
                await frame.WaitForURLAsync("chrome-error:**"); // what chromium shows in place of a page that may not be framed
            }
        }
    }

    [NeedsTool("chromium")]
    [Trait("Category", "Long")]
    public async Task A_link_of_another_origin_leads_to_the_page_without_a_new_sign_in()
    {
        var host = await StartHostAsync();
        await using var site = new OtherSite($"<!DOCTYPE html><title>Other</title><a href=\"{host.Url}ui/suspensions\">look</a>");
        await using var visitor = await Visitor.ComeAsync(host.Url);
        await visitor.SignInAsync(host.Token("policysync.tasks policysync.ops"));
        foreach (var address in site.Addresses)
        {
            await visitor.Page.GotoAsync(address.ToString());
            await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "look" }).ClickAsync();

            // Another site's link comes without the cookie: a page of the service asks, and its own link comes with it.
            await Assertions.Expect(visitor.Page.Locator("main h1")).ToBeVisibleAsync();
            if (address.Host == "localhost")
            {
                await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
            }

            await Assertions.Expect(visitor.Page.Locator("main h1")).ToHaveTextAsync("Suspensions");
        }
    }

    // What a script gets: `refused` when the browser does not give it the answer, else the kind of the answer.
    private static Task<string> FetchAsync(Visitor visitor, string url, string how) =>
        visitor.Page.EvaluateAsync<string>($"fetch('{url}', {how}).then(answer => answer.type, () => 'refused')");

    private static async Task AssertNothingWasMadeAsync(Host host)
    {
        foreach (var (path, list) in new[] { ("tasks", "tasks"), ("suspensions", "suspensions") })
        {
            var (status, text) = await host.SendAsync(HttpMethod.Get, "policysync/api/v1/" + path);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Empty(JsonNode.Parse(text)![list]!.AsArray());
        }
    }

    private static async Task AssertStillSignedInAsync(Visitor visitor)
    {
        await visitor.GoAsync("/ui/suspensions");
        await Assertions.Expect(visitor.Page.Locator("main")).ToContainTextAsync("Nothing is suspended");
    }
}
